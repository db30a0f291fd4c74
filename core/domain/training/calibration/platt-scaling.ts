import { groupByScore } from '../metrics/scored-rows.ts';

/** P(1 | s) = 1 / (1 + e^{−(slope · s + intercept)}) */
export interface PlattScaling {
  readonly slope: number;
  readonly intercept: number;
}

const MAX_STEPS = 100;
const MIN_STEP = 1e-10;
const TOLERANCE = 1e-9;
/** Keeps the Hessian invertible where the scores tell the classes apart. */
const RIDGE = 1e-12;

/**
 * Platt's sigmoid of a score, by Newton's method with halved steps.
 *
 *     min Σᵢ wᵢ · [−tᵢ ln pᵢ − (1 − tᵢ) ln(1 − pᵢ)],   t = (N₊ + 1)/(N₊ + 2) for label 1, 1/(N₋ + 2) for label 0
 *
 * N₊ and N₋ are total weights. The targets stay inside (0, 1), so the slope stays finite for classes that the scores part.
 *
 * @param labels 0 or 1 per row
 * @param options.weights of the rows, ≥ 0 @default - every row counts 1
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`
 * @throws `training.one_class` when one class weighs nothing
 *
 * Cost: O(N log N + N · steps).
 * Source: Platt, Advances in Large Margin Classifiers (1999) 61–74; Lin, Lin & Weng, Machine Learning 68 (2007) 267–276.
 */
export function fitPlattScaling(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: { readonly weights?: ArrayLike<number> | undefined } = {},
): PlattScaling {
  const groups = groupByScore(labels, scores, options);
  const positives = groups.reduce((sum, { positive }) => sum + positive, 0);
  const negatives = groups.reduce((sum, { negative }) => sum + negative, 0);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const points = groups.map(({ score, positive, negative }) => ({
    score,
    weight: positive + negative,
    target: positive * high + negative * low,
  }));
  return minimise(points, { slope: 0, intercept: Math.log((positives + 1) / (negatives + 1)) });
}

interface Point {
  readonly score: number;
  readonly weight: number;
  /** Weight times target. */
  readonly target: number;
}

/** Σ w · ln(1 + e^z) − target · z, in the form that does not overflow. */
const lossOf = (points: readonly Point[], { slope, intercept }: PlattScaling): number =>
  points.reduce((sum, { score, weight, target }) => {
    const z = slope * score + intercept;
    return sum + weight * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))) - target * z;
  }, 0);

function minimise(points: readonly Point[], start: PlattScaling): PlattScaling {
  let at = start;
  let loss = lossOf(points, at);
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { gradient, direction } = newton(points, at);
    if (Math.max(...gradient.map(Math.abs)) < TOLERANCE * total) return at;
    let size = 1;
    const slopeAlong = gradient[0] * direction.slope + gradient[1] * direction.intercept;
    for (; size >= MIN_STEP; size /= 2) {
      const next = { slope: at.slope + size * direction.slope, intercept: at.intercept + size * direction.intercept };
      const nextLoss = lossOf(points, next);
      if (nextLoss <= loss + 1e-4 * size * slopeAlong) {
        [at, loss] = [next, nextLoss];
        break;
      }
    }
    // Rounding leaves nothing to gain: this is the minimum in double precision.
    if (size < MIN_STEP) return at;
  }
  return at;
}

function newton(
  points: readonly Point[],
  { slope, intercept }: PlattScaling,
): { gradient: [number, number]; direction: PlattScaling } {
  let [g0, g1, h00, h01, h11] = [0, 0, RIDGE, 0, RIDGE];
  for (const { score, weight, target } of points) {
    const p = 1 / (1 + Math.exp(-(slope * score + intercept)));
    const error = weight * p - target;
    const curvature = weight * p * (1 - p);
    g0 += error * score;
    g1 += error;
    h00 += curvature * score * score;
    h01 += curvature * score;
    h11 += curvature;
  }
  const determinant = h00 * h11 - h01 * h01;
  return {
    gradient: [g0, g1],
    direction: { slope: -(h11 * g0 - h01 * g1) / determinant, intercept: -(h00 * g1 - h01 * g0) / determinant },
  };
}
