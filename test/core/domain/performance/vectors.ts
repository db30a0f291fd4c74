import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Numbers = readonly number[];
type Named = Readonly<Record<string, number>>;

export interface BinaryVector {
  readonly labels: Numbers;
  readonly first: Numbers;
  readonly second: Numbers;
  readonly metrics: Named;
  readonly wilson: Readonly<Record<string, readonly [number, number]>>;
  readonly delong: Named;
}

interface Vectors {
  readonly binary: readonly BinaryVector[];
  readonly isotonic: readonly { labels: Numbers; scores: Numbers; at: Numbers; probabilities: Numbers }[];
  readonly estimated: {
    readonly labels: Numbers;
    readonly scores: Numbers;
    readonly new: Numbers;
    readonly predicted: Numbers;
    readonly confusion: Named;
    readonly metrics: Named;
  };
  readonly multiclass: { targets: Numbers; probabilities: Numbers; macro: number; weighted: number };
  readonly regression: { labels: Numbers; predicted: Numbers; metrics: Named };
  readonly binomial: readonly (readonly [number, number, number, number])[];
}

/** Golden values of NumPy, SciPy and scikit-learn; the script beside the file makes them. */
export const VECTORS = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/performance/vectors.json'), 'utf8'),
) as Vectors;
