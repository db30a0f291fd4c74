import { encodeOnnxModel } from '../../core/domain/onnx/encode-model.ts';

/** An ONNX model that answers `x + offset`: `x` FLOAT [N, 1] in, `y` FLOAT [N, 1] out. Tells versions apart by their answers. */
export const offsetModel = (offset: number): Uint8Array =>
  encodeOnnxModel({
    name: 'offset',
    inputs: [{ name: 'x', elementType: 'FLOAT', shape: ['N', 1] }],
    outputs: [{ name: 'y', elementType: 'FLOAT', shape: ['N', 1] }],
    constants: [{ name: 'offset', shape: [1], values: Float32Array.of(offset) }],
    nodes: [{ operator: 'Add', inputs: ['x', 'offset'], outputs: ['y'] }],
    metadata: {},
  });

/** A request for one row, by the Open Inference Protocol. */
export const offsetRequest = (x: number): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ inputs: [{ name: 'x', shape: [1, 1], datatype: 'FP32', data: [x] }] }),
});
