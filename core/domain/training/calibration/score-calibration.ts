import { fitCenteredCalibration } from '../../performance/isotonic-calibration.ts';
import { groupByScore } from '../metrics/scored-rows.ts';
import { softmaxRows } from '../softmax.ts';
import { fitPlattScaling } from './platt-scaling.ts';

export type CalibrationMethod = 'sigmoid' | 'isotonic';

/**
 * How the scores of two classes become probabilities, by their margin m = s₁ − s₀, in the float32 numbers of the model file.
 *
 * - `sigmoid`: P(1) = 1 / (1 + e^{−(slope · m + intercept)})
 * - `isotonic`: P(1) = base + Σᵢ riseᵢ · clip((m − fromᵢ) · inverseLengthᵢ, 0, 1)
 */
export type ScoreCalibration =
  | { readonly method: 'sigmoid'; readonly slope: number; readonly intercept: number }
  | {
      readonly method: 'isotonic';
      readonly base: number;
      readonly from: Float32Array;
      readonly inverseLength: Float32Array;
      readonly rise: Float32Array;
    };

/** Of a segment shorter than this the inverse would be no float32 number. */
const SHORTEST_SEGMENT = 1e-30;

const marginsOf = (scores: Float32Array): Float32Array =>
  Float32Array.from(
    { length: scores.length / 2 },
    (_, row) => (scores[2 * row + 1] as number) - (scores[2 * row] as number),
  );

/**
 * Learns a calibration from rows that the model was not trained on.
 *
 * @param labels class index, 0 or 1, per row
 * @param scores `[N, 2]`, row after row
 * @throws `training.one_class` when one class weighs nothing: a level says nothing about the other
 */
export function fitScoreCalibration(
  method: CalibrationMethod,
  { labels, scores, weights }: { labels: ArrayLike<number>; scores: Float32Array; weights: ArrayLike<number> },
): ScoreCalibration {
  const margins = marginsOf(scores);
  if (method === 'sigmoid') {
    const { slope, intercept } = fitPlattScaling(labels, margins, { weights });
    return { method, slope: Math.fround(slope), intercept: Math.fround(intercept) };
  }
  // For its checks: both classes, labels of 0 and 1.
  groupByScore(labels, margins, { weights });
  const counted = Array.from(margins.keys()).filter((row) => (weights[row] as number) > 0);
  const pick = (values: ArrayLike<number>): number[] => counted.map((row) => values[row] as number);
  const points = fitCenteredCalibration(pick(labels), pick(margins), pick(weights));
  return { method, ...segments(points.scores, points.probabilities) };
}

function segments(scores: readonly number[], probabilities: readonly number[]) {
  const from = Float32Array.from(scores.slice(0, -1));
  const [base] = probabilities as [number];
  // One level is a segment that does not rise: a graph needs at least one column.
  if (from.length === 0)
    return { base, from: Float32Array.of(0), inverseLength: Float32Array.of(0), rise: Float32Array.of(0) };
  const difference = (values: readonly number[]) =>
    from.map((_, i) => (values[i + 1] as number) - (values[i] as number));
  return {
    base: Math.fround(base),
    from,
    inverseLength: difference(scores).map((length) => 1 / Math.max(length, SHORTEST_SEGMENT)),
    rise: difference(probabilities),
  };
}

/**
 * @param scores `[N, 2]`, row after row
 * @returns probabilities `[N, 2]`, as the graph computes them up to the rounding of sums in float32
 */
export function calibratedProbabilities(calibration: ScoreCalibration, scores: Float32Array): Float32Array {
  const margins = marginsOf(scores);
  if (calibration.method === 'sigmoid') {
    const { slope, intercept } = calibration;
    const scaled = new Float32Array(scores.length);
    margins.forEach((margin, row) => {
      scaled[2 * row + 1] = slope * margin + intercept;
    });
    return softmaxRows(scaled, 2);
  }
  const probabilities = new Float32Array(scores.length);
  margins.forEach((margin, row) => {
    const positive = Math.min(Math.max(isotonic(calibration, margin), 0), 1);
    probabilities[2 * row] = 1 - positive;
    probabilities[2 * row + 1] = positive;
  });
  return probabilities;
}

function isotonic(
  { base, from, inverseLength, rise }: ScoreCalibration & { method: 'isotonic' },
  margin: number,
): number {
  let sum = base;
  for (let i = 0; i < from.length; i += 1) {
    const share = Math.fround(Math.fround(margin - (from[i] as number)) * (inverseLength[i] as number));
    sum += (rise[i] as number) * Math.min(Math.max(share, 0), 1);
  }
  return sum;
}
