import type { BinnedFeatures } from './binned-features.ts';

/** Per bin three sums over a node's rows: gradients, hessians, rows. All bins of all features, one after the other. */
export type Histogram = Float64Array;

export const SUMS_PER_BIN = 3;

export interface Derivatives {
  /** First and second derivative of the loss by the raw score, by row. */
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** Histograms that are used again: a tree needs as many as it has leaves, a hundred trees no more. */
export interface HistogramPool {
  /** A histogram of zeros. */
  take(): Histogram;
  giveBack(histogram: Histogram): void;
}

export function createHistogramPool({ offsets, featureCount }: BinnedFeatures): HistogramPool {
  const free: Histogram[] = [];
  const size = (offsets[featureCount] as number) * SUMS_PER_BIN;
  return {
    take: () => free.pop()?.fill(0) ?? new Float64Array(size),
    giveBack: (histogram) => void free.push(histogram),
  };
}

/**
 * Adds the given rows to a histogram of zeros.
 *
 * Cost: O(rows · features).
 */
export function fillHistogram(
  histogram: Histogram,
  rows: Uint32Array,
  { binned, derivatives }: { binned: BinnedFeatures; derivatives: Derivatives },
): void {
  const gradients = gather(derivatives.gradients, rows);
  const hessians = gather(derivatives.hessians, rows);
  for (let feature = 0; feature < binned.featureCount; feature += 1) {
    const column = binned.bins.subarray(feature * binned.rowCount, (feature + 1) * binned.rowCount);
    addColumn(histogram, column, { rows, gradients, hessians, offset: binned.offsets[feature] as number });
  }
}

// Copied once per node, so that the loop over features reads them in order.
function gather(values: Float64Array, rows: Uint32Array): Float64Array {
  const gathered = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) gathered[i] = values[rows[i] as number] as number;
  return gathered;
}

function addColumn(
  histogram: Histogram,
  column: Uint8Array,
  { rows, gradients, hessians, offset }: Derivatives & { rows: Uint32Array; offset: number },
): void {
  for (let i = 0; i < rows.length; i += 1) {
    const at = (offset + (column[rows[i] as number] as number)) * SUMS_PER_BIN;
    histogram[at] = (histogram[at] as number) + (gradients[i] as number);
    histogram[at + 1] = (histogram[at + 1] as number) + (hessians[i] as number);
    histogram[at + 2] = (histogram[at + 2] as number) + 1;
  }
}

/** Turns the parent's histogram into that of its other child. A child's rows are then read for the smaller one only. */
export function subtractHistogram(parent: Histogram, child: Histogram): Histogram {
  for (let i = 0; i < parent.length; i += 1) parent[i] = (parent[i] as number) - (child[i] as number);
  return parent;
}
