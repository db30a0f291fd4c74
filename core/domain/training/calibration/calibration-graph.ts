import type { GraphConstant, GraphNode } from '../../onnx/encode-model.ts';
import type { ScoreCalibration } from './score-calibration.ts';

interface Names {
  readonly scores: string;
  readonly probabilities: string;
}

interface Part {
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly GraphConstant[];
}

/** A calibration as operators: scores FLOAT `[N, 2]` to probabilities FLOAT `[N, 2]`. */
export function calibrationGraph(calibration: ScoreCalibration, names: Names): Part {
  return calibration.method === 'sigmoid' ? sigmoidGraph(calibration, names) : isotonicGraph(calibration, names);
}

/** Softmax of (0, slope · m + intercept) is the sigmoid, without overflow at either end. */
const sigmoidGraph = (
  { slope, intercept }: ScoreCalibration & { method: 'sigmoid' },
  { scores, probabilities }: Names,
): Part => ({
  nodes: [
    {
      operator: 'Gemm',
      inputs: [scores, 'calibration_weights', 'calibration_bias'],
      outputs: ['calibrated'],
    },
    { operator: 'Softmax', inputs: ['calibrated'], outputs: [probabilities], attributes: { axis: { integer: 1 } } },
  ],
  constants: [
    { name: 'calibration_weights', shape: [2, 2], values: Float32Array.of(0, -slope, 0, slope) },
    { name: 'calibration_bias', shape: [2], values: Float32Array.of(0, intercept) },
  ],
});

/** The last Clip takes back what rounding may add beyond 1. */
function isotonicGraph(
  { base, from, inverseLength, rise }: ScoreCalibration & { method: 'isotonic' },
  { scores, probabilities }: Names,
): Part {
  const count = from.length;
  const scalar = (name: string, value: number) => ({ name, shape: [], values: Float32Array.of(value) });
  const bounds = ['calibration_lowest', 'calibration_highest'];
  return {
    nodes: [
      { operator: 'MatMul', inputs: [scores, 'calibration_margin'], outputs: ['margin'] },
      { operator: 'Sub', inputs: ['margin', 'calibration_from'], outputs: ['margin_beyond'] },
      { operator: 'Mul', inputs: ['margin_beyond', 'calibration_inverse_length'], outputs: ['segment_share'] },
      { operator: 'Clip', inputs: ['segment_share', ...bounds], outputs: ['segment_passed'] },
      {
        operator: 'Gemm',
        inputs: ['segment_passed', 'calibration_rise', 'calibration_base'],
        outputs: ['calibrated'],
      },
      { operator: 'Clip', inputs: ['calibrated', ...bounds], outputs: [probabilities] },
    ],
    constants: [
      { name: 'calibration_margin', shape: [2, 1], values: Float32Array.of(-1, 1) },
      { name: 'calibration_from', shape: [count], values: from },
      { name: 'calibration_inverse_length', shape: [count], values: inverseLength },
      { name: 'calibration_rise', shape: [count, 2], values: Float32Array.from([...rise].flatMap((by) => [-by, by])) },
      { name: 'calibration_base', shape: [2], values: Float32Array.of(1 - base, base) },
      scalar('calibration_lowest', 0),
      scalar('calibration_highest', 1),
    ],
  };
}
