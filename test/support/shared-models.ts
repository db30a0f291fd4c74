import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseElements } from '../../core/domain/inference/parse-elements.ts';
import type { ModelSignature, TensorSignature } from '../../core/domain/inference/signature.ts';
import { elementCount, type Tensor } from '../../core/domain/inference/tensor.ts';
import type { JsonValue } from '../../core/domain/json/parse-json.ts';
import { prepareModel } from '../../core/domain/onnx/prepare-model.ts';
import { missing, SHARED } from './shared.ts';

type CaseTensor = Omit<Tensor, 'data'> & { readonly data: JsonValue[] };

/** What a framework answered to inputs of its own. */
interface Case {
  readonly inputs: readonly CaseTensor[];
  readonly outputs: readonly CaseTensor[];
  readonly zipmap?: { readonly name: string; readonly probabilities: number[][] };
  readonly rtol: number;
  readonly atol: number;
}

export const absentModels = missing('models');

const FOLDER = join(SHARED, 'models');
const files = absentModels ? [] : readdirSync(FOLDER);

/** Names of the models to try. */
export const modelNames = files.filter((file) => file.endsWith('.onnx')).map((file) => file.replace('.onnx', ''));

/** A model with inputs for it: the framework's where there are some, else made up from the signature. */
export function openModel(name: string) {
  const uploaded = readFileSync(join(FOLDER, `${name}.onnx`));
  const prepared = prepareModel(uploaded);
  const known = files.includes(`${name}.case.json`)
    ? (JSON.parse(readFileSync(join(FOLDER, `${name}.case.json`), 'utf8')) as Case)
    : undefined;
  const inputs = known ? known.inputs.map(toTensor) : madeUp(prepared.signature);
  return { uploaded, prepared, inputs, far: (outputs: readonly Tensor[]) => (known ? farFrom(known, outputs) : []) };
}

const toTensor = (tensor: CaseTensor): Tensor => ({ ...tensor, data: parseElements(tensor, tensor.data) });

/** A row of an image is large, and a body has its limit. */
const LARGE_ROW = 10_000;

function madeUp({ inputs }: ModelSignature): Tensor[] {
  const rows = inputs.some(({ shape }) => elementCount(inner(shape)) > LARGE_ROW) ? 1 : 3;
  return inputs.map(({ name, datatype, shape: declared }) => {
    const shape = [rows, ...inner(declared)];
    const values = Array.from({ length: elementCount(shape) }, (_, at) => ((at * 7) % 17) / 4 - 2);
    return { name, datatype, shape, data: parseElements({ name, datatype, shape }, values) };
  });
}

const inner = (shape: TensorSignature['shape']): number[] =>
  shape.slice(1).map((size) => (typeof size === 'number' ? size : 1));

/** Outputs of the framework that are not what was answered. */
function farFrom({ outputs, zipmap, rtol, atol }: Case, answered: readonly Tensor[]): string[] {
  const scores = zipmap ? [{ name: zipmap.name, data: zipmap.probabilities.flat() as JsonValue[] }] : [];
  return [...outputs, ...scores]
    .filter(({ name, data }) => {
      const got = answered.find((output) => output.name === name)?.data;
      return got?.length !== data.length || data.some((value, at) => !isNear(value, got[at], { rtol, atol }));
    })
    .map(({ name }) => name);
}

function isNear(expected: JsonValue, got: unknown, { rtol, atol }: { rtol: number; atol: number }): boolean {
  if (typeof expected === 'string') return got === expected;
  const value = Number(expected);
  return Math.abs(Number(got) - value) <= atol + rtol * Math.abs(value);
}
