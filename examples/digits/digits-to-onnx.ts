import { encodeOnnxModel } from '../../core/domain/onnx/encode-model.ts';
import { BATCH } from '../../core/domain/training/classifier-graph.ts';
import type { LogisticRegression } from '../../core/domain/training/linear/logistic-regression.ts';
import { logisticRegressionGraph } from '../../core/domain/training/linear/logistic-regression-to-onnx.ts';
import { IMAGE_SIZE } from './draw-digits.ts';
import { FILTER_SIZE, type Filters, POOL_SIZE } from './feature-maps.ts';

/**
 * One graph from pixels to digits: `image` FLOAT `[N, 1, 28, 28]` to `label` INT64 `[N]` and `probabilities` FLOAT
 * `[N, 10]`, by Conv, Relu, MaxPool and Flatten, then the regression's own nodes (Gemm, Softmax, ArgMax).
 */
export function digitsToOnnx(
  filters: Filters,
  head: LogisticRegression,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const pool = { integers: [POOL_SIZE, POOL_SIZE] };
  const top = logisticRegressionGraph(head, 'features');
  return encodeOnnxModel({
    name: 'digits',
    inputs: [{ name: 'image', elementType: 'FLOAT', shape: [BATCH, 1, IMAGE_SIZE, IMAGE_SIZE] }],
    outputs: top.outputs,
    constants: [
      { name: 'filters', shape: [filters.count, 1, FILTER_SIZE, FILTER_SIZE], values: filters.weights },
      { name: 'filter_bias', shape: [filters.count], values: filters.bias },
      ...top.constants,
    ],
    nodes: [
      { operator: 'Conv', inputs: ['image', 'filters', 'filter_bias'], outputs: ['maps'] },
      { operator: 'Relu', inputs: ['maps'], outputs: ['edges'] },
      {
        operator: 'MaxPool',
        inputs: ['edges'],
        outputs: ['pooled'],
        attributes: { kernel_shape: pool, strides: pool },
      },
      { operator: 'Flatten', inputs: ['pooled'], outputs: ['features'] },
      ...top.nodes,
    ],
    metadata,
  });
}
