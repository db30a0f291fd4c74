import type { Histogram } from './histograms.ts';
import { jensenShannon } from './jensen-shannon.ts';

/**
 * Jensen-Shannon distance: √JS, a metric. SciPy's `jensenshannon` with natural logarithms; base 2 divides it by √ln 2.
 *
 * @returns in [0, √ln 2]
 * @throws as `jensenShannon`
 *
 * Cost: O(bins).
 * Source: Endres & Schindelin, IEEE Trans. Inf. Theory 49 (2003) 1858–1860.
 */
export const jensenShannonDistance = (reference: Histogram, current: Histogram): number =>
  Math.sqrt(jensenShannon(reference, current));
