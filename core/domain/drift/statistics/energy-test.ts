import { PlatformError } from '../../errors.ts';
import { checkCount, checkOption } from './check-option.ts';
import { emptySample } from './histograms.ts';
import { pooledRanks, type Rows } from './pooled-ranks.ts';
import type { TestResult } from './test-result.ts';

/** Distances of more rows than this would take more than 130 MB. */
const ROWS_LIMIT = 4_000;

export interface EnergyTestOptions {
  /** Uniform in [0, 1); the same stream gives the same p. */
  readonly uniform: () => number;
  /** Relabellings drawn; p is never below 1/(permutations + 1). @default 199 */
  readonly permutations?: number;
}

/**
 * Multivariate two-sample test: the energy statistic of pooled ranks, with a permutation p.
 *
 *     E = 2 mean|x − y| − mean|x − x'| − mean|y − y'|        p = (1 + #{permuted E ≥ E}) / (permutations + 1)
 *
 * over Euclidean distances of rows whose columns are replaced by mid-ranks in the pooled sample (0 to 1), so that neither units nor outliers
 * nor any increasing map of a column matter, while missing values (one rank of their own, below all others) do. It finds any difference of
 * the joint distribution, changed dependence with kept marginals included; p is exact for exchangeable rows at any size.
 *
 * @param reference rows of equal length, shape `[m, columns]`; NaN is missing, ±∞ the highest and lowest rank
 * @param current shape `[n, columns]`; n + m at most 4,000, so take a sample
 * @returns E ≥ 0 and p in (0, 1]; constant columns give E = 0 and p = 1
 * @throws `drift.empty_sample`, `drift.bins_mismatch` for unequal columns, `drift.sample_invalid` for too many rows,
 *   `drift.option_invalid`
 *
 * Cost: O((n + m)² · (columns + permutations)) time, O((n + m)²) memory: 0.3 s for 2 × 500 rows of 30 columns.
 * Source: Székely & Rizzo, J. Stat. Plan. Inference 143 (2013) 1249–1272; Baringhaus & Franz, J. Multivariate Analysis 88 (2004) 190–206.
 */
export function energyTest(
  reference: Rows,
  current: Rows,
  { uniform, permutations = 199 }: EnergyTestOptions,
): TestResult {
  checkCount('permutations', permutations, 1);
  checkOption('uniform', uniform, { holds: typeof uniform === 'function', allowed: 'a function' });
  if (reference.length === 0) throw emptySample('reference');
  if (current.length === 0) throw emptySample('current');
  checkRowCount(reference.length + current.length);
  const distances = distanceMatrix(pooledRanks(reference, current));
  const weights = new Float64Array(reference.length + current.length).fill(1 / reference.length);
  weights.fill(-1 / current.length, reference.length);
  const statistic = energy(distances, weights);
  // A relabelling that swaps equals must count as equal, whatever the order of its sums.
  const limit = statistic - 1e-10 * Math.abs(statistic) - 1e-14;
  let atLeast = 1;
  for (let permutation = 0; permutation < permutations; permutation += 1) {
    shuffle(weights, uniform);
    if (energy(distances, weights) >= limit) atLeast += 1;
  }
  return { statistic: Math.max(0, statistic), pValue: atLeast / (permutations + 1) };
}

function checkRowCount(rows: number): void {
  if (rows <= ROWS_LIMIT) return;
  throw new PlatformError('drift.sample_invalid', {
    message: `${rows} rows are too many to compare every pair of; take a sample of at most ${ROWS_LIMIT} in all`,
    details: { what: 'rows', index: ROWS_LIMIT, got: String(rows), allowed: `at most ${ROWS_LIMIT}` },
  });
}

/** Euclidean distances, shape `[rows, rows]`; only the part below the diagonal is filled. */
function distanceMatrix(ranks: readonly Float64Array[]): readonly Float64Array[] {
  const rows = ranks[0]?.length ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const squares = new Float64Array(row);
    for (const column of ranks) {
      const own = column[row] as number;
      for (let other = 0; other < row; other += 1)
        squares[other] = (squares[other] as number) + (own - (column[other] as number)) ** 2;
    }
    return squares.map(Math.sqrt);
  });
}

/** −Σᵢⱼ wᵢ wⱼ dᵢⱼ with weights 1/m and −1/n is the energy statistic. */
function energy(distances: readonly Float64Array[], weights: Float64Array): number {
  let sum = 0;
  distances.forEach((row, i) => {
    let weighted = 0;
    for (let j = 0; j < row.length; j += 1) weighted += (weights[j] as number) * (row[j] as number);
    sum += (weights[i] as number) * weighted;
  });
  return -2 * sum;
}

/** Fisher and Yates. */
function shuffle(weights: Float64Array, uniform: () => number): void {
  for (let last = weights.length - 1; last > 0; last -= 1) {
    const other = Math.floor(uniform() * (last + 1));
    const kept = weights[last] as number;
    weights[last] = weights[other] as number;
    weights[other] = kept;
  }
}
