import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Datatype } from '../../core/domain/inference/datatype.ts';
import { elementCount, type Tensor } from '../../core/domain/inference/tensor.ts';
import { decodeTensor } from '../../core/domain/inference/tensor-bytes.ts';
import { TENSOR } from '../../core/domain/onnx/model-proto.ts';
import { readFields, readIntegers, readText } from '../../core/domain/onnx/protobuf-reader.ts';
import { ELEMENT } from './onnx-models.ts';

/** ONNX's own cases for each operator, as Debian's libonnx-testdata installs them. */
const FOLDER = '/usr/lib/python3/dist-packages/onnx/backend/test/data/node';

export const noOnnxTestData = existsSync(FOLDER) ? undefined : 'skipped: libonnx-testdata is not installed here';

export const nodeCases: readonly string[] = noOnnxTestData ? [] : readdirSync(FOLDER).sort();

/** @returns undefined for a case whose inputs or outputs are no tensors that a request could hold */
export function readNodeCase(name: string): { model: Uint8Array; inputs: Tensor[]; outputs: Tensor[] } | undefined {
  const read = (kind: 'input' | 'output') => {
    const folder = join(FOLDER, name, 'test_data_set_0');
    const count = readdirSync(folder).filter((file) => file.startsWith(`${kind}_`)).length;
    return Array.from({ length: count }, (_, at) => readTensor(readFileSync(join(folder, `${kind}_${at}.pb`))));
  };
  const inputs = read('input');
  const outputs = read('output');
  const areTensors = [...inputs, ...outputs].every((tensor) => tensor !== undefined);
  return areTensors
    ? {
        model: readFileSync(join(FOLDER, name, 'model.onnx')),
        inputs: inputs as Tensor[],
        outputs: outputs as Tensor[],
      }
    : undefined;
}

const DATATYPES = new Map<number, string>(Object.entries(ELEMENT).map(([name, number]) => [number, name]));
/** onnx.proto's TensorProto.string_data */
const STRING_DATA = 6;

/** A TensorProto. The cases keep numbers as raw data and strings as strings. */
function readTensor(bytes: Uint8Array): Tensor | undefined {
  try {
    const fields = [...readFields(bytes)];
    const shape = fields
      .filter(({ number }) => number === TENSOR.dims)
      .flatMap(readIntegers)
      .map(Number);
    const type = Number(fields.find(({ number }) => number === TENSOR.dataType)?.varint ?? 0);
    const name = readText(fields.find(({ number }) => number === TENSOR.name)?.bytes ?? new Uint8Array());
    const raw = fields.find(({ number }) => number === TENSOR.rawData)?.bytes ?? new Uint8Array();
    const datatype = DATATYPES.get(type) as Datatype;
    const strings = fields.filter(({ number }) => number === STRING_DATA).map((field) => readText(field.bytes!));
    const data = datatype === 'BYTES' ? strings : decodeTensor({ name, datatype, shape }, new Uint8Array(raw));
    return data.length === elementCount(shape) ? { name, datatype, shape, data } : undefined;
  } catch {
    // A sequence or an optional value.
    return undefined;
  }
}
