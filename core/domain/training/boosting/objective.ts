import type { Derivatives } from './histogram.ts';

/** A loss to minimise. Raw scores and derivatives stand class after class: that of row r and output k at `k · rows + r`. */
export interface Objective {
  /** Raw scores per row: 1, or the number of classes where there are more than two. */
  readonly outputCount: number;
  /** The constant raw scores with the smallest loss. */
  baseline(targets: Float64Array, weights: Float64Array): Float64Array;
  /** Writes the weighted derivatives of every row's loss. */
  derive(raw: Float64Array, rows: WeightedTargets, into: Derivatives): void;
  /** Weighted mean loss. */
  loss(raw: Float64Array, rows: WeightedTargets): number;
}

export interface WeightedTargets {
  /** Class index or, for regression, the value. */
  readonly targets: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Log loss of two classes on the log-odds r.
 *
 *     p = 1 / (1 + e⁻ʳ),  loss = ln(1 + e⁻ʳ) + (1 − y) r,  g = p − y,  h = p (1 − p)
 */
export const binaryLogLoss: Objective = {
  outputCount: 1,
  baseline: (targets, weights) => {
    const positive = weightedMean(targets, weights);
    return Float64Array.of(Math.log(positive / (1 - positive)));
  },
  derive: (raw, { targets, weights }, { gradients, hessians }) => {
    for (let row = 0; row < targets.length; row += 1) {
      const probability = 1 / (1 + Math.exp(-(raw[row] as number)));
      const weight = weights[row] as number;
      gradients[row] = weight * (probability - (targets[row] as number));
      hessians[row] = weight * probability * (1 - probability);
    }
  },
  loss: (raw, { targets, weights }) =>
    weightedMean(
      targets.map((target, row) => softplus(target === 1 ? -(raw[row] as number) : (raw[row] as number))),
      weights,
    ),
};

const softplus = (value: number): number => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));

/** Squared error / 2: g = r − y, h = 1. */
export const squaredError: Objective = {
  outputCount: 1,
  baseline: (targets, weights) => Float64Array.of(weightedMean(targets, weights)),
  derive: (raw, { targets, weights }, { gradients, hessians }) => {
    for (let row = 0; row < targets.length; row += 1) {
      const weight = weights[row] as number;
      gradients[row] = weight * ((raw[row] as number) - (targets[row] as number));
      hessians[row] = weight;
    }
  },
  loss: (raw, { targets, weights }) =>
    weightedMean(
      targets.map((target, row) => ((raw[row] as number) - target) ** 2 / 2),
      weights,
    ),
};

/**
 * Log loss of several classes on the softmax of their raw scores.
 *
 *     p_k = e^{r_k} / Σⱼ e^{r_j},  g_k = p_k − [y = k],  h_k = p_k (1 − p_k)
 */
export function softmaxLogLoss(classCount: number): Objective {
  const probabilities = new Float64Array(classCount);
  return {
    outputCount: classCount,
    baseline: (targets, weights) =>
      Float64Array.from({ length: classCount }, (_, k) =>
        Math.log(
          weightedMean(
            targets.map((target) => (target === k ? 1 : 0)),
            weights,
          ),
        ),
      ),
    derive: (raw, { targets, weights }, { gradients, hessians }) => {
      for (let row = 0; row < targets.length; row += 1) {
        softmaxOfRow(raw, row, probabilities);
        const weight = weights[row] as number;
        for (let k = 0; k < classCount; k += 1) {
          const probability = probabilities[k] as number;
          const at = k * targets.length + row;
          gradients[at] = weight * (probability - (targets[row] === k ? 1 : 0));
          hessians[at] = weight * probability * (1 - probability);
        }
      }
    },
    loss: (raw, { targets, weights }) =>
      weightedMean(
        targets.map((target, row) => -logSoftmaxOfRow(raw, row, { target, probabilities })),
        weights,
      ),
  };
}

/** Writes the row's probabilities; returns ln Σ eʳ. */
function softmaxOfRow(raw: Float64Array, row: number, probabilities: Float64Array): number {
  const rowCount = raw.length / probabilities.length;
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < probabilities.length; k += 1) largest = Math.max(largest, raw[k * rowCount + row] as number);
  let total = 0;
  for (let k = 0; k < probabilities.length; k += 1) {
    const exponential = Math.exp((raw[k * rowCount + row] as number) - largest);
    probabilities[k] = exponential;
    total += exponential;
  }
  for (let k = 0; k < probabilities.length; k += 1) probabilities[k] = (probabilities[k] as number) / total;
  return largest + Math.log(total);
}

function logSoftmaxOfRow(
  raw: Float64Array,
  row: number,
  { target, probabilities }: { target: number; probabilities: Float64Array },
): number {
  const logTotal = softmaxOfRow(raw, row, probabilities);
  return (raw[target * (raw.length / probabilities.length) + row] as number) - logTotal;
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row += 1) {
    sum += (values[row] as number) * (weights[row] as number);
    total += weights[row] as number;
  }
  return sum / total;
}
