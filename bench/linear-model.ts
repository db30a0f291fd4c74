import { encodeOnnxModel } from '../core/domain/onnx/encode-model.ts';
import { createRandom } from '../core/domain/training/random.ts';

/** A linear layer of random weights, so that no two seeds share an artifact: `x` FLOAT [N, inputs] in, `y` FLOAT [N, outputs] out. */
export function linearModel(seed: number, { inputs, outputs }: { inputs: number; outputs: number }): Uint8Array {
  const random = createRandom(seed);
  return encodeOnnxModel({
    name: 'linear',
    inputs: [{ name: 'x', elementType: 'FLOAT', shape: ['N', inputs] }],
    outputs: [{ name: 'y', elementType: 'FLOAT', shape: ['N', outputs] }],
    constants: [
      {
        name: 'weights',
        shape: [inputs, outputs],
        values: Float32Array.from({ length: inputs * outputs }, () => random.uniform() - 0.5),
      },
    ],
    nodes: [{ operator: 'MatMul', inputs: ['x', 'weights'], outputs: ['y'] }],
    metadata: {},
  });
}

/** One row by the Open Inference Protocol. */
export const linearRequest = (inputs: number): string =>
  JSON.stringify({ inputs: [{ name: 'x', shape: [1, inputs], datatype: 'FP32', data: new Array(inputs).fill(1) }] });
