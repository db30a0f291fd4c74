import type { CategoryCounts, ColumnCounts, NumericCounts, Profile } from '../profile/profile.ts';
import { categoryPools, pooledCounts } from './category-shift.ts';
import { type ChannelSet, outsiders } from './channels.ts';
import { binRanks, numericShift } from './numeric-shift.ts';

/**
 * P-values by channel of textbook two-sample tests, each adjusted for the number of tests (Bonferroni).
 *
 * They hold for independent rows. Real rows come in bursts and by the hour, where such tests alarm on nine unchanged windows in ten:
 * they are for services without any history in the order of time, and labelled `UNCALIBRATED`.
 *
 * Numeric columns: Kolmogorov's asymptotic test; categories: the two-proportion z-test of every pool, times the number of pools; missing
 * and unseen: the two-proportion z-test. Location, spread and correlations are not tested: 1.
 *
 * @returns in the order of the channels, each in [0, 1]; 1 where a side is empty
 */
export function twoSampleTests({ channels }: ChannelSet, reference: Profile, window: Profile): readonly number[] {
  const raw = channels.map(({ column, kind }): number | undefined => {
    if (column === null) return undefined;
    const before = reference.columns[column] as ColumnCounts;
    const after = window.columns[column] as ColumnCounts;
    switch (kind) {
      case 'ks':
        return ksTest(before as NumericCounts, after as NumericCounts);
      case 'category':
        return categoriesTest(before as CategoryCounts, after as CategoryCounts);
      case 'missing':
        return proportionsTest([before.missing, reference.rows], [after.missing, window.rows]);
      case 'unseen':
        return proportionsTest([outsiders(before), reference.rows], [outsiders(after), window.rows]);
      default:
        return undefined;
    }
  });
  const tests = raw.filter((p) => p !== undefined).length;
  return raw.map((p) => (p === undefined ? 1 : Math.min(1, p * tests)));
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

function ksTest(before: NumericCounts, after: NumericCounts): number {
  const m = total(before.bins);
  const n = total(after.bins);
  if (m === 0 || n === 0) return 1;
  return kolmogorovTail(numericShift(binRanks(before), after).ks * Math.sqrt((m * n) / (m + n)));
}

function categoriesTest(before: CategoryCounts, after: CategoryCounts): number {
  const pools = categoryPools(before);
  const reference = pooledCounts(pools, before);
  const current = pooledCounts(pools, after);
  const m = total(reference);
  const n = total(current);
  const smallest = Math.min(
    1,
    ...reference.map((count, pool) => proportionsTest([count, m], [current[pool] as number, n])),
  );
  return Math.min(1, smallest * pools.pools);
}

/** Two-sided z-test of two counts out of totals, with the pooled rate; 1 where both rates are 0 or both 1. */
export function proportionsTest([x, m]: readonly [number, number], [y, n]: readonly [number, number]): number {
  const pooled = (x + y) / (m + n);
  const variance = pooled * (1 - pooled) * (1 / m + 1 / n);
  return m === 0 || n === 0 || !(variance > 0) ? 1 : erfc(Math.abs(x / m - y / n) / Math.sqrt(2 * variance));
}

/** P(K > λ) of Kolmogorov's distribution: 2 Σ (−1)^(k−1) exp(−2k²λ²). */
export function kolmogorovTail(lambda: number): number {
  if (lambda < 0.3) return 1;
  let sum = 0;
  for (let k = 1; k <= 20; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, sum));
}

const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
  0.17087277,
];

/** Complementary error function for x ≥ 0, relative error below 1.2e-7 (Numerical Recipes, 2nd ed., §6.2). */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  return t * Math.exp(-x * x + ERFC.reduceRight((sum, coefficient) => sum * t + coefficient, 0));
}
