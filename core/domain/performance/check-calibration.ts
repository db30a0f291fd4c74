import { chiSquareSurvival } from '../drift/distributions/chi-square.ts';
import { checkLengths } from '../training/metrics/scored-rows.ts';
import { calibrationBins, expectedCalibrationError } from './calibration.ts';

export interface CalibrationCheck {
  readonly rows: number;
  /** Positive labels, and how many the probabilities promise. */
  readonly observed: number;
  readonly expected: number;
  readonly expectedCalibrationError: number;
  /** Of the hypothesis that every row is 1 with its probability. */
  readonly pValue: number;
  /** Whether the probabilities can be relied on: they are off neither significantly, nor by an amount that matters. */
  readonly holds: boolean;
}

export interface CalibrationGate {
  /** Level of the test. @default 0.01 */
  readonly alpha?: number;
  /** Calibration error that matters. @default 0.05 */
  readonly error?: number;
  /** Ratio of observed to expected positives that matters, where these are rare. @default 1.5 */
  readonly ratio?: number;
}

/** Below this a bin's sum is no longer about normal, so it counts with its neighbour. */
const LEAST_VARIANCE = 2;

/**
 * Whether calibrated probabilities agree with labels that they were not fitted to.
 *
 *     X² = Σ_g (O_g − E_g)² / Σ_{i∈g} pᵢ(1 − pᵢ)  against χ² with as many degrees of freedom as groups
 *
 * Groups are ten of equal size by probability, as in Hosmer and Lemeshow's test; here nothing was fitted on these rows, so no degree is lost. It fails
 * only where X² is significant and the deviation is one that matters: at 100,000 rows everything is significant, at 100 every error is large.
 *
 * @param labels 0 or 1 per row
 * @param probabilities calibrated, per row
 * @throws `training.no_rows`, `training.shape_mismatch`
 *
 * Source: Hosmer & Lemeshow, Commun. Stat. A 9 (1980) 1043–1069 (external validation: no degrees lost).
 */
export function checkCalibration(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { alpha = 0.01, error = 0.05, ratio = 1.5 }: CalibrationGate = {},
): CalibrationCheck {
  checkLengths(labels.length, { scores: probabilities });
  const groups = groupByProbability(labels, probabilities);
  const statistic = groups.reduce(
    (sum, { observed, expected, variance }) =>
      sum + (variance === 0 ? contradiction(observed, expected) : (observed - expected) ** 2 / variance),
    0,
  );
  const pValue = chiSquareSurvival(statistic, groups.length);
  const observed = groups.reduce((sum, group) => sum + group.observed, 0);
  const expected = groups.reduce((sum, group) => sum + group.expected, 0);
  const deviation = expectedCalibrationError(calibrationBins(labels, probabilities));
  const matters = deviation > error || observed > ratio * expected || expected > ratio * observed;
  return {
    rows: labels.length,
    observed,
    expected,
    expectedCalibrationError: deviation,
    pValue,
    holds: !(matters && pValue < alpha),
  };
}

/** Probabilities of 0 and 1 leave no room for chance. */
const contradiction = (observed: number, expected: number): number =>
  observed === expected ? 0 : Number.POSITIVE_INFINITY;

interface Group {
  observed: number;
  expected: number;
  variance: number;
}

const GROUPS = 10;

function groupByProbability(labels: ArrayLike<number>, probabilities: ArrayLike<number>): Group[] {
  const order = Uint32Array.from({ length: labels.length }, (_, row) => row).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
  const groups: Group[] = [];
  for (let g = 0; g < GROUPS; g += 1) {
    const rows = order.subarray(Math.floor((g * order.length) / GROUPS), Math.floor(((g + 1) * order.length) / GROUPS));
    const last = groups.at(-1);
    const group =
      last !== undefined && last.variance < LEAST_VARIANCE ? last : { observed: 0, expected: 0, variance: 0 };
    if (group !== last) groups.push(group);
    for (const row of rows) {
      const probability = probabilities[row] as number;
      group.observed += labels[row] as number;
      group.expected += probability;
      group.variance += probability * (1 - probability);
    }
  }
  return groups;
}
