import type { Differentiable } from './minimise.ts';

export interface LogisticProblem {
  /** Standardised features `[N, F]`. */
  readonly scores: Float32Array;
  readonly featureCount: number;
  /** Class index by row. */
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  readonly classCount: number;
  readonly l2: number;
}

/** Parameter vectors of a problem: 1 for two classes (the first has none), else one per class. */
export const outputCount = ({ classCount }: { classCount: number }): number => (classCount === 2 ? 1 : classCount);

/**
 * Mean log loss of logistic regression with an L2 penalty, as a function of the parameters.
 *
 *     f(W, b) = ( −Σᵢ wᵢ ln p(yᵢ | zᵢ) + λ/2 · ‖W‖² ) / Σᵢ wᵢ,   p(k | z) = softmax(W z + b)_k
 *
 * For two classes the first one's parameters are fixed at 0. The biases b are not penalised. Convex.
 *
 * The parameters stand output after output, each as F weights and the bias.
 *
 * Cost: O(N · F · outputs) per evaluation.
 * Source: Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2nd ed., 4.4 and 18.4.
 */
export function logisticLoss(problem: LogisticProblem): Differentiable {
  const { scores, featureCount, targets, weights, l2 } = problem;
  const outputs = outputCount(problem);
  const width = featureCount + 1;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const errors = new Float64Array(outputs);
  return (parameters, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < targets.length; row += 1) {
      const z = scores.subarray(row * featureCount, (row + 1) * featureCount);
      for (let k = 0; k < outputs; k += 1) errors[k] = linear(parameters, z, k * width);
      const weight = weights[row] as number;
      loss += weight * lossAndErrors(errors, targets[row] as number);
      for (let k = 0; k < outputs; k += 1)
        addRow(gradient, z, { at: k * width, factor: weight * (errors[k] as number) });
    }
    const penalty = addPenalty(parameters, gradient, { l2, width });
    for (let i = 0; i < gradient.length; i += 1) gradient[i] = (gradient[i] as number) / total;
    return (loss + penalty) / total;
  };
}

function linear(parameters: Float64Array, z: Float32Array, at: number): number {
  let sum = parameters[at + z.length] as number;
  for (let i = 0; i < z.length; i += 1) sum += (parameters[at + i] as number) * (z[i] as number);
  return sum;
}

function addRow(gradient: Float64Array, z: Float32Array, { at, factor }: { at: number; factor: number }): void {
  for (let i = 0; i < z.length; i += 1) gradient[at + i] = (gradient[at + i] as number) + factor * (z[i] as number);
  gradient[at + z.length] = (gradient[at + z.length] as number) + factor;
}

/** Replaces logits by p − [y = k]; returns the row's loss. */
function lossAndErrors(logits: Float64Array, target: number): number {
  return logits.length === 1 ? binaryErrors(logits, target) : softmaxErrors(logits, target);
}

function binaryErrors(logits: Float64Array, target: number): number {
  const logit = logits[0] as number;
  logits[0] = 1 / (1 + Math.exp(-logit)) - target;
  const against = target === 1 ? -logit : logit;
  return Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against)));
}

function softmaxErrors(logits: Float64Array, target: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < logits.length; k += 1) largest = Math.max(largest, logits[k] as number);
  let total = 0;
  for (let k = 0; k < logits.length; k += 1) total += Math.exp((logits[k] as number) - largest);
  const loss = largest + Math.log(total) - (logits[target] as number);
  for (let k = 0; k < logits.length; k += 1) {
    logits[k] = Math.exp((logits[k] as number) - largest) / total - (k === target ? 1 : 0);
  }
  return loss;
}

function addPenalty(
  parameters: Float64Array,
  gradient: Float64Array,
  { l2, width }: { l2: number; width: number },
): number {
  let squares = 0;
  for (let i = 0; i < parameters.length; i += 1) {
    if (i % width === width - 1) continue;
    const value = parameters[i] as number;
    squares += value * value;
    gradient[i] = (gradient[i] as number) + l2 * value;
  }
  return (l2 / 2) * squares;
}
