import { PlatformError } from '../../errors.ts';
import { checkHistograms, type Histogram } from './histograms.ts';

/** Binned numbers with the ends of their range; see `NumericCounts`. */
export interface BinnedSample {
  readonly bins: Histogram;
  readonly min: number;
  readonly max: number;
}

/** A stretch of a quantile function: from share `from` to `to` it rises from `low` to `high`. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Wasserstein-1 distance of two histograms over the same bins.
 *
 *     W₁ = ∫₀¹ |F⁻¹(u) − G⁻¹(u)| du
 *
 * with the values of a bin spread evenly over it, the outer bins ending at the side's own `min` and `max`: each quantile function is a
 * polygon, and the integral is exact. It differs from the distance of the samples by at most Σ (share · width) over the bins of both sides.
 *
 * @param reference counts, shape `[edges + 1]`, with min and max
 * @param current the same over the same edges
 * @param edges ascending and distinct; bin i holds edges[i−1] ≤ x < edges[i]
 * @returns in the unit of the column, ≥ 0; |a − b| for two constants
 * @throws `drift.bins_mismatch`, `drift.empty_sample`; `drift.sample_invalid` for bad counts, and for a min or max that is not finite or
 *   does not lie in the outermost bin that has values
 *
 * Cost: O(bins).
 */
export function wassersteinBinned(reference: BinnedSample, current: BinnedSample, edges: ArrayLike<number>): number {
  const { bins } = checkHistograms(reference.bins, current.bins);
  if (bins !== edges.length + 1) {
    throw new PlatformError('drift.bins_mismatch', {
      message: `${edges.length} edges make ${edges.length + 1} bins, the histograms have ${bins}; count both with these edges`,
      details: { reference: edges.length + 1, current: bins },
    });
  }
  const r = quantileFunction('reference', reference, edges);
  const c = quantileFunction('current', current, edges);
  let area = 0;
  for (let i = 0, j = 0; i < r.length && j < c.length; ) {
    const [a, b] = [r[i] as Stretch, c[j] as Stretch];
    area += areaBetween(a, b);
    if (a.to <= b.to) i += 1;
    if (b.to <= a.to) j += 1;
  }
  return area;
}

function quantileFunction(
  side: 'reference' | 'current',
  { bins, min, max }: BinnedSample,
  edges: ArrayLike<number>,
): Stretch[] {
  const stretches: Stretch[] = [];
  let total = 0;
  for (let bin = 0; bin < bins.length; bin += 1) total += bins[bin] as number;
  let below = 0;
  for (let bin = 0; bin < bins.length; bin += 1) {
    const count = bins[bin] as number;
    if (count === 0) continue;
    const low = Math.max(edges[bin - 1] ?? Number.NEGATIVE_INFINITY, min);
    const high = Math.min(edges[bin] ?? Number.POSITIVE_INFINITY, max);
    if (!(low <= high && Number.isFinite(high - low))) throw outsideRange(side, { bin, min, max });
    stretches.push({ from: below / total, to: (below + count) / total, low, high });
    below += count;
  }
  return stretches;
}

const outsideRange = (side: string, { bin, min, max }: { bin: number; min: number; max: number }) =>
  new PlatformError('drift.sample_invalid', {
    message: `${side} has values in bin ${bin}, which a minimum of ${min} and a maximum of ${max} do not allow; give both of the counted values`,
    details: {
      what: side,
      index: bin,
      got: `${min} to ${max}`,
      allowed: 'a finite range that reaches into every bin with values',
    },
  });

const valueAt = (share: number, { from, to, low, high }: Stretch): number =>
  low + ((high - low) * (share - from)) / (to - from);

/** ∫ |difference| over the shares that both stretches cover; the difference is linear there. */
function areaBetween(a: Stretch, b: Stretch): number {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  const first = valueAt(from, a) - valueAt(from, b);
  const last = valueAt(to, a) - valueAt(to, b);
  const sum = Math.abs(first) + Math.abs(last);
  // Two triangles where the sign changes, else a trapezium.
  if (first * last < 0) return ((to - from) * (first * first + last * last)) / (2 * sum);
  return ((to - from) * sum) / 2;
}
