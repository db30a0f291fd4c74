import { PlatformError } from '../../errors.ts';
import { emptySample } from './histograms.ts';
import type { SortedSample } from './sort-sample.ts';

/** Two samples merged: what every statistic on samples reads. */
export interface PooledSamples {
  /** The distinct values of both, ascending, shape `[points]`. */
  readonly points: Float64Array;
  /** How many values of the reference are ≤ each point, shape `[points]`; the last is `referenceSize`. */
  readonly reference: Uint32Array;
  /** The same of the current window; the last is `currentSize`. */
  readonly current: Uint32Array;
  readonly referenceSize: number;
  readonly currentSize: number;
}

/**
 * Merges two sorted samples into their distribution functions over the distinct values of both, so that a statistic is one loop.
 *
 * Missing and infinite values take no part. 0 and −0 are one value.
 *
 * @throws `drift.empty_sample` when either side has no finite value
 *
 * Cost: O(n + m) time and memory (16 bytes a value).
 */
export function poolSamples(reference: SortedSample, current: SortedSample): PooledSamples {
  const [r, c] = [reference.values, current.values];
  if (r.length === 0) throw emptySample('reference');
  if (c.length === 0) throw emptySample('current');
  const points = new Float64Array(r.length + c.length);
  const referenceCounts = new Uint32Array(points.length);
  const currentCounts = new Uint32Array(points.length);
  let [i, j, size] = [0, 0, -1];
  let previous = Number.NaN;
  // Which side is next is no branch, which a processor would guess wrong every other time; a repeated point is written again in its place.
  while (i < r.length && j < c.length) {
    const a = r[i] as number;
    const b = c[j] as number;
    const point = Math.min(a, b);
    i += Number(a <= b);
    j += Number(b <= a);
    size += Number(point !== previous);
    previous = point;
    points[size] = point;
    referenceCounts[size] = i;
    currentCounts[size] = j;
  }
  while (i < r.length || j < c.length) {
    const point = (i < r.length ? r[i++] : c[j++]) as number;
    size += Number(point !== previous);
    previous = point;
    points[size] = point;
    referenceCounts[size] = i;
    currentCounts[size] = j;
  }
  size += 1;
  return {
    points: points.subarray(0, size),
    reference: referenceCounts.subarray(0, size),
    current: currentCounts.subarray(0, size),
    referenceSize: r.length,
    currentSize: c.length,
  };
}

/** @throws `drift.sample_too_small` when either side has fewer than `needed` values */
export function checkSizes(sizes: { readonly reference: number; readonly current: number }, needed: number): void {
  for (const side of ['reference', 'current'] as const) {
    if (sizes[side] >= needed) continue;
    throw new PlatformError('drift.sample_too_small', {
      message: `the ${side} sample has ${sizes[side]} values; this statistic needs at least ${needed}`,
      details: { side, got: sizes[side], needed },
    });
  }
}
