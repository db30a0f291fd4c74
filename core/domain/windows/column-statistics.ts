import type { CategoryCounts, ColumnCounts, ColumnPlan, NumericCounts } from '../drift/profile/profile.ts';
import { chiSquareTest } from '../drift/statistics/chi-square-test.ts';
import { hellingerDistance } from '../drift/statistics/hellinger-distance.ts';
import { jensenShannon } from '../drift/statistics/jensen-shannon.ts';
import { kolmogorovSmirnovBinned } from '../drift/statistics/kolmogorov-smirnov-binned.ts';
import { kullbackLeibler } from '../drift/statistics/kullback-leibler.ts';
import { largestShareChange } from '../drift/statistics/largest-share-change.ts';
import { modelMonitorDistance } from '../drift/statistics/model-monitor-distance.ts';
import { momentsFromSums } from '../drift/statistics/moments-from-sums.ts';
import { normalizeWasserstein } from '../drift/statistics/normalize-wasserstein.ts';
import { populationStabilityIndex } from '../drift/statistics/population-stability-index.ts';
import { totalVariation } from '../drift/statistics/total-variation.ts';
import { wassersteinBinned } from '../drift/statistics/wasserstein-binned.ts';

/**
 * A column of a window beside the reference, by name of the statistic. Those of shares count missing values as one more bin where either side has any;
 * those of the order of numbers look at values alone. PSI has 0.5 added to each bin. Empty where a side has no rows, short of what needs values where it
 * has none.
 */
export function columnStatistics(
  plan: ColumnPlan,
  reference: ColumnCounts,
  current: ColumnCounts,
): Readonly<Record<string, number>> {
  const [r, c] = withMissing(reference, current);
  if (total(r) === 0 || total(c) === 0) return {};
  const shares = {
    missingReference: reference.missing / total(r),
    missingCurrent: current.missing / total(c),
    psi: populationStabilityIndex(r, c),
    kl: kullbackLeibler(r, c),
    js: jensenShannon(r, c),
    hellinger: hellingerDistance(r, c),
    totalVariation: totalVariation(r, c),
    lInfinity: largestShareChange(r, c),
    chiSquareP: chiSquareTest(r, c).pValue,
  };
  if (total(valuesOf(reference)) === 0 || total(valuesOf(current)) === 0) return shares;
  const kind = plan.kind;
  const { simple, robust } = modelMonitorDistance(valuesOf(reference), valuesOf(current), { kind });
  return {
    ...shares,
    modelMonitorSimple: simple,
    modelMonitorRobust: robust,
    ...(plan.kind === 'numeric' && ofNumbers(plan.edges, reference as NumericCounts, current as NumericCounts)),
  };
}

function ofNumbers(edges: readonly number[], reference: NumericCounts, current: NumericCounts) {
  const { statistic: ks, pValue: ksP } = kolmogorovSmirnovBinned(reference.bins, current.bins);
  const distance = wassersteinBinned(reference, current, edges);
  const before = momentsOf(reference);
  const after = momentsOf(current);
  return {
    ks,
    ksP,
    wasserstein: distance,
    normalizedWasserstein: normalizeWasserstein(distance, Math.sqrt(before.variance)),
    meanReference: before.mean,
    meanCurrent: after.mean,
  };
}

const momentsOf = ({ bins, sum, sumSquares }: NumericCounts) =>
  momentsFromSums({ count: total(bins), sum, sumSquares });

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** By bin, or by category with the unseen last. */
const valuesOf = (counts: ColumnCounts): readonly number[] =>
  counts.kind === 'numeric' ? counts.bins : [...counts.counts, counts.unseen];

const outside = (counts: ColumnCounts): number => counts.missing + (counts.kind === 'numeric' ? counts.infinite : 0);

function withMissing(reference: ColumnCounts, current: ColumnCounts): [readonly number[], readonly number[]] {
  const [r, c] = [valuesOf(reference), valuesOf(current)];
  if (outside(reference) === 0 && outside(current) === 0) return [r, c];
  return [
    [...r, outside(reference)],
    [...c, outside(current)],
  ];
}

export interface ColumnHistogram {
  readonly bins: readonly string[];
  /** Shares of rows. */
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** Categories that are shown one by one; the rest is one bar. */
const SHOWN_CATEGORIES = 30;

/** Shares of rows to draw: bins of numbers by their edges, the most frequent categories by name, what is missing last. */
export function columnHistogram(plan: ColumnPlan, reference: ColumnCounts, current: ColumnCounts): ColumnHistogram {
  const named =
    plan.kind === 'numeric'
      ? numberBins(plan.edges, reference as NumericCounts, current as NumericCounts)
      : categoryBins(plan.categories, reference as CategoryCounts, current as CategoryCounts);
  const rest: [string, number, number][] = [['missing', reference.missing, current.missing]];
  if (plan.kind === 'numeric') {
    rest.push(['infinite', (reference as NumericCounts).infinite, (current as NumericCounts).infinite]);
  }
  const bins = [...named, ...rest.filter(([, before, after]) => before + after > 0)];
  const rows = [1, 2].map((side) => bins.reduce((sum, bin) => sum + (bin[side] as number), 0));
  const share = (side: 1 | 2) => bins.map((bin) => (rows[side - 1] === 0 ? 0 : bin[side] / (rows[side - 1] as number)));
  return { bins: bins.map(([name]) => name), reference: share(1), current: share(2) };
}

const digits = (value: number): string => String(Number(value.toPrecision(4)));

function numberBins(
  edges: readonly number[],
  { bins: before }: NumericCounts,
  { bins: after }: NumericCounts,
): [string, number, number][] {
  return before.map((count, i) => {
    const [low, high] = [edges[i - 1], edges[i]];
    const name =
      low === undefined
        ? high === undefined
          ? 'all'
          : `below ${digits(high)}`
        : high === undefined
          ? `${digits(low)} and more`
          : `${digits(low)} to ${digits(high)}`;
    return [name, count, after[i] as number];
  });
}

function categoryBins(
  categories: readonly string[],
  before: CategoryCounts,
  after: CategoryCounts,
): [string, number, number][] {
  const all = categories.map((name, i): [string, number, number] => [
    name,
    before.counts[i] as number,
    after.counts[i] as number,
  ]);
  const rest = all.slice(SHOWN_CATEGORIES);
  const sum = (side: 1 | 2) => rest.reduce((count, each) => count + each[side], 0);
  return [
    ...all.slice(0, SHOWN_CATEGORIES),
    ...(rest.length > 0 ? [[`${rest.length} more`, sum(1), sum(2)] as [string, number, number]] : []),
    ...(before.unseen + after.unseen > 0
      ? [['not seen in training', before.unseen, after.unseen] as [string, number, number]]
      : []),
  ];
}
