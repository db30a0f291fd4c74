import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import {
  DIMENSION,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from '../core/domain/onnx/model-proto.ts';
import {
  bytesField,
  lengthPrefix,
  message,
  packedIntegersField,
  textField,
  varintField,
} from '../core/domain/onnx/protobuf-writer.ts';

const INPUTS = 4096;
const FLOAT = 1;

const MATMUL = message(
  textField(NODE.input, 'x'),
  textField(NODE.input, 'w'),
  textField(NODE.output, 'y'),
  textField(NODE.opType, 'MatMul'),
);

/** A value FP32 [N, width]. */
function matrix(name: string, width: number): Uint8Array {
  const shape = message(
    bytesField(SHAPE.dimension, textField(DIMENSION.parameter, 'N')),
    bytesField(SHAPE.dimension, varintField(DIMENSION.value, width)),
  );
  const tensor = message(varintField(TENSOR_TYPE.elementType, FLOAT), bytesField(TENSOR_TYPE.shape, shape));
  return message(textField(VALUE_INFO.name, name), bytesField(VALUE_INFO.type, bytesField(TYPE.tensor, tensor)));
}

/**
 * Writes a model of exactly `bytes`: `y` = `x` · `w`, where `w` [4096, M] is zero but for 2 in its first row and column. The zeros are
 * a hole in the file, which takes no room on disk and no time to write.
 */
export function writeLargeModel(path: string, bytes: number): { inputs: number; outputs: number } {
  const outputs = Math.floor((bytes - 1_000) / (INPUTS * 4));
  const missing = bytes - lengthOf(parts(outputs, 0), outputs);
  // A longer name has a longer length in front of it.
  const padding = missing - (lengthOf(parts(outputs, missing), outputs) - bytes);
  const { head, tail } = parts(outputs, padding);
  const file = openSync(path, 'w');
  writeSync(file, head);
  writeSync(file, new Uint8Array(Float32Array.of(2).buffer));
  ftruncateSync(file, head.length + INPUTS * outputs * 4);
  writeSync(file, tail, 0, tail.length, head.length + INPUTS * outputs * 4);
  closeSync(file);
  return { inputs: INPUTS, outputs };
}

const lengthOf = ({ head, tail }: { head: Uint8Array; tail: Uint8Array }, outputs: number): number =>
  head.length + INPUTS * outputs * 4 + tail.length;

/** What stands before and after the weights. The producer's name fills up to the size that is wanted. */
function parts(outputs: number, padding: number): { head: Uint8Array; tail: Uint8Array } {
  const weightBytes = INPUTS * outputs * 4;
  const tensorHead = message(
    packedIntegersField(TENSOR.dims, [INPUTS, outputs]),
    varintField(TENSOR.dataType, FLOAT),
    textField(TENSOR.name, 'w'),
    lengthPrefix(TENSOR.rawData, weightBytes),
  );
  const before = message(
    bytesField(GRAPH.node, MATMUL),
    textField(GRAPH.name, 'g'),
    bytesField(GRAPH.input, matrix('x', INPUTS)),
    bytesField(GRAPH.output, matrix('y', outputs)),
    lengthPrefix(GRAPH.initializer, tensorHead.length + weightBytes),
    tensorHead,
  );
  const head = message(varintField(MODEL.irVersion, 8), lengthPrefix(MODEL.graph, before.length + weightBytes), before);
  const opset = message(textField(OPSET.domain, ''), varintField(OPSET.version, 17));
  const tail = message(bytesField(MODEL.opsetImport, opset), textField(MODEL.producerName, 'x'.repeat(padding)));
  return { head, tail };
}
