import { quantileEdges } from '../../core/domain/drift/profile/quantile-edges.ts';
import { chiSquareTest } from '../../core/domain/drift/statistics/chi-square-test.ts';
import { jensenShannon } from '../../core/domain/drift/statistics/jensen-shannon.ts';
import { kolmogorovSmirnov } from '../../core/domain/drift/statistics/kolmogorov-smirnov.ts';
import { poolSamples } from '../../core/domain/drift/statistics/pool-samples.ts';
import { populationStabilityIndex } from '../../core/domain/drift/statistics/population-stability-index.ts';
import { type SortedSample, sortSample } from '../../core/domain/drift/statistics/sort-sample.ts';
import { wassersteinDistance } from '../../core/domain/drift/statistics/wasserstein-distance.ts';

const BINS = 32;

/** A reference as a monitor has it: its edges and the counts between them. */
export interface BinnedReference {
  readonly values: Float64Array;
  readonly sorted: SortedSample;
  readonly edges: readonly number[];
  readonly bins: readonly number[];
}

export function binReference(values: Float64Array): BinnedReference {
  const sorted = sortSample(values);
  const edges = quantileEdges(sorted.values, BINS);
  return { values, sorted, edges, bins: countSorted(edges, sorted) };
}

/**
 * Kolmogorov-Smirnov with p, Wasserstein-1, PSI, Jensen-Shannon and chi-square from the values themselves.
 *
 * @param isSorted the reference is not sorted again, which SciPy does with every call
 */
export function exactStatistics(reference: BinnedReference, current: Float64Array, isSorted: boolean): number {
  const sorted = sortSample(current);
  const pooled = poolSamples(isSorted ? reference.sorted : sortSample(reference.values), sorted);
  const bins = countSorted(reference.edges, sorted);
  const { statistic, pValue } = kolmogorovSmirnov(pooled, { method: 'asymptotic' });
  return (
    statistic +
    pValue +
    wassersteinDistance(pooled) +
    populationStabilityIndex(reference.bins, bins) +
    jensenShannon(reference.bins, bins) +
    chiSquareTest(reference.bins, bins).pValue
  );
}

/** Counts between edges: of sorted values a binary search for each edge. */
function countSorted(edges: readonly number[], { values }: SortedSample): number[] {
  const below = [...edges.map((edge) => lowerBound(values, edge)), values.length];
  return below.map((count, bin) => count - (below[bin - 1] ?? 0));
}

/** How many values are below a limit. */
function lowerBound(values: Float64Array, limit: number): number {
  let [from, to] = [0, values.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((values[middle] as number) < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}
