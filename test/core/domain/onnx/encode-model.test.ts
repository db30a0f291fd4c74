import { describe, expect, it } from 'vitest';
import { encodeOnnxModel, type OnnxGraph } from '../../../../core/domain/onnx/encode-model.ts';
import { readOnnxModel } from '../../../../core/domain/onnx/read-model.ts';
import { runOnnx } from '../../../support/run-onnx.ts';

const graph: OnnxGraph = {
  name: 'pick_and_scale',
  inputs: [{ name: 'input', elementType: 'FLOAT', shape: ['N', 3] }],
  outputs: [
    { name: 'probabilities', elementType: 'FLOAT', shape: ['N', 2] },
    { name: 'label', elementType: 'INT64', shape: ['N'] },
  ],
  constants: [
    { name: 'factor', shape: [], values: Float32Array.of(0.5) },
    { name: 'columns', shape: [2], values: BigInt64Array.of(2n, 0n) },
  ],
  nodes: [
    { operator: 'Gather', inputs: ['input', 'columns'], outputs: ['picked'], attributes: { axis: { integer: -1 } } },
    { operator: 'Mul', inputs: ['picked', 'factor'], outputs: ['probabilities'] },
    {
      operator: 'ArgMax',
      inputs: ['probabilities'],
      outputs: ['label'],
      attributes: { axis: { integer: 1 }, keepdims: { integer: 0 } },
    },
  ],
  metadata: { owner: 'Zoë', empty: '' },
};

describe('encoding an ONNX model', () => {
  it('gives a file that ONNX Runtime computes: negative axes, integer and float constants, a scalar', async () => {
    const answer = await runOnnx(encodeOnnxModel(graph), Float32Array.of(1, 2, 3, 8, 5, 4), { shape: [2, 3] });
    expect([...answer.probabilities]).toEqual([1.5, 0.5, 2, 4]);
    expect(answer.label).toEqual([0, 1]);
  });

  it('gives a file whose inputs, outputs and metadata are read back', () => {
    const model = readOnnxModel(encodeOnnxModel(graph));
    expect(model.metadata).toMatchObject({ owner: 'Zoë', empty: '' });
    expect(model.inputs.map(({ name }) => name)).toEqual(['input']);
    expect(model.outputs.map(({ name, tensor }) => [name, tensor?.shape])).toEqual([
      ['probabilities', ['N', 2]],
      ['label', ['N']],
    ]);
  });

  it('gives equal bytes for equal graphs', () => {
    expect(encodeOnnxModel(structuredClone(graph))).toEqual(encodeOnnxModel(graph));
  });
});
