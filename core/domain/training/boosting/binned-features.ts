import type { FeatureMatrix } from '../feature-matrix.ts';
import { binEdges } from './bin-edges.ts';

/** Training rows with each value replaced by the number of its bin. */
export interface BinnedFeatures {
  readonly rowCount: number;
  readonly featureCount: number;
  /** Bin of row r of feature f at `f · rowCount + r`: a histogram reads one feature at a time. */
  readonly bins: Uint8Array;
  /** Upper edges, by feature. Feature f has bins 0 … edges.length, then one more for missing values. */
  readonly edges: readonly Float32Array[];
  /** Where each feature's bins start in a histogram; the last element is the number of all bins. */
  readonly offsets: Int32Array;
}

export const missingBin = ({ edges }: BinnedFeatures, feature: number): number =>
  (edges[feature] as Float32Array).length + 1;

/** Cost: O(F · n log n) for sorting each feature. */
export function binFeatures(matrix: FeatureMatrix, maxBins: number): BinnedFeatures {
  const { rowCount, featureCount } = matrix;
  const bins = new Uint8Array(rowCount * featureCount);
  const edges: Float32Array[] = [];
  const offsets = new Int32Array(featureCount + 1);
  for (let feature = 0; feature < featureCount; feature += 1) {
    const column = featureColumn(matrix, feature);
    const featureEdges = binEdges(column.filter((value) => !Number.isNaN(value)).sort(), maxBins);
    assignBins(column, featureEdges, bins.subarray(feature * rowCount, (feature + 1) * rowCount));
    edges.push(featureEdges);
    offsets[feature + 1] = (offsets[feature] as number) + featureEdges.length + 2;
  }
  return { rowCount, featureCount, bins, edges, offsets };
}

function featureColumn({ values, rowCount, featureCount }: FeatureMatrix, feature: number): Float32Array {
  const column = new Float32Array(rowCount);
  for (let row = 0; row < rowCount; row += 1) column[row] = values[row * featureCount + feature] as number;
  return column;
}

function assignBins(column: Float32Array, edges: Float32Array, bins: Uint8Array): void {
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row] as number;
    bins[row] = Number.isNaN(value) ? edges.length + 1 : binOf(value, edges);
  }
}

/** Number of edges below the value, by bisection. */
function binOf(value: number, edges: Float32Array): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
