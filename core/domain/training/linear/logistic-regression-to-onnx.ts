import { encodeOnnxModel, type GraphConstant, type GraphNode } from '../../onnx/encode-model.ts';
import type { ScoreCalibration } from '../calibration/score-calibration.ts';
import { BATCH, classifierTail, type ExportOptions, type GraphTail } from '../classifier-graph.ts';
import { exportMetadata } from '../export-metadata.ts';
import type { LogisticRegression } from './logistic-regression.ts';
import { LARGEST_Z } from './standardisation.ts';

/**
 * Writes the model as an ONNX file of plain operators: `input` FLOAT `[N, F]` to `label` INT64 `[N]` and
 * `probabilities` FLOAT `[N, C]`.
 *
 * The mean is subtracted before anything is multiplied instead of being folded into the bias: for a feature such as a
 * year (2019 ± 2) the folded form is a difference of large numbers, of which float32 keeps three digits.
 *
 * @returns the file; equal models and options give equal bytes
 * @throws `training.shape_mismatch` when there is not one name per feature
 */
export function logisticRegressionToOnnx(model: LogisticRegression, options: ExportOptions): Uint8Array {
  const inputName = options.inputName ?? 'input';
  const { nodes, constants, outputs } = logisticRegressionGraph(model, inputName, options.calibration);
  return encodeOnnxModel({
    name: 'logistic_regression',
    inputs: [{ name: inputName, elementType: 'FLOAT', shape: [BATCH, model.featureCount] }],
    nodes,
    constants,
    outputs,
    metadata: exportMetadata(model, options),
  });
}

/** The same as part of a larger graph, from the tensor `[N, F]` of the given name on. */
export function logisticRegressionGraph(
  model: LogisticRegression,
  features: string,
  calibration?: ScoreCalibration | undefined,
): GraphTail {
  const tail = classifierTail('scores', model.classes, calibration);
  return {
    nodes: [...nodesAfter(features), ...tail.nodes],
    constants: [...constantsOf(model), ...tail.constants],
    outputs: tail.outputs,
  };
}

function constantsOf({ standardisation, weights, bias, featureCount }: LogisticRegression): GraphConstant[] {
  const scalar = (name: string, value: number) => ({ name, shape: [], values: Float32Array.of(value) });
  return [
    { name: 'mean', shape: [featureCount], values: standardisation.mean },
    { name: 'inverse_scale', shape: [featureCount], values: standardisation.inverseScale },
    { name: 'weights', shape: [featureCount, bias.length], values: weights },
    { name: 'bias', shape: [bias.length], values: bias },
    scalar('zero', 0),
    scalar('lowest', -LARGEST_Z),
    scalar('highest', LARGEST_Z),
  ];
}

// What is missing becomes 0 after centring, which is the mean; so does an infinity times the scale 0.
const nodesAfter = (input: string): GraphNode[] => [
  { operator: 'Sub', inputs: [input, 'mean'], outputs: ['centered'] },
  { operator: 'Mul', inputs: ['centered', 'inverse_scale'], outputs: ['scaled'] },
  { operator: 'IsNaN', inputs: ['scaled'], outputs: ['is_missing'] },
  { operator: 'Where', inputs: ['is_missing', 'zero', 'scaled'], outputs: ['present'] },
  { operator: 'Clip', inputs: ['present', 'lowest', 'highest'], outputs: ['standardised'] },
  { operator: 'Gemm', inputs: ['standardised', 'weights', 'bias'], outputs: ['scores'] },
];
