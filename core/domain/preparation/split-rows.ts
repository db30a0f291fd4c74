import { kllSketch, weightedValues } from '../drift/profile/kll-sketch.ts';
import type { Declaration, Split } from './declaration.ts';
import { invalidStep } from './preparation-errors.ts';
import { readCell } from './steps/read-cell.ts';

export type Part = 'train' | 'validation' | 'holdout';

export type TimeSplit = Extract<Split, { readonly time: string }>;

/** Where the parts begin, in ms; null for a part that has no rows. */
export interface Boundaries {
  readonly validationFrom: number | null;
  readonly holdoutFrom: number | null;
}

/** Which part a row belongs to; undefined in a gap. `invalid` where it has no time. */
export type Assign = (raw: ReadonlyMap<string, string>, index: number) => Part | 'invalid' | undefined;

export function assignParts({ split, label }: Declaration, boundaries: Boundaries | undefined): Assign {
  if (split === undefined) return () => 'train';
  if ('holdoutEvery' in split) return (_, index) => (index % split.holdoutEvery === 0 ? 'holdout' : 'train');
  const gapMs = split.gapMs ?? label?.delayMs ?? 0;
  const { validationFrom = null, holdoutFrom = null } = boundaries ?? {};
  return (raw) => {
    const at = readCell(raw.get(split.time) ?? '', 'time') as number | undefined;
    if (at === undefined || Number.isNaN(at)) return 'invalid';
    // A row whose label was known only after the boundary would carry the future into what is trained on.
    const isBefore = (boundary: number | null) => boundary !== null && at < boundary && at >= boundary - gapMs;
    if (isBefore(validationFrom) || isBefore(holdoutFrom)) return undefined;
    if (holdoutFrom !== null && at >= holdoutFrom) return 'holdout';
    return validationFrom !== null && at >= validationFrom ? 'validation' : 'train';
  };
}

/** Finds the times at which the shares of a split by time are reached. */
export function findBoundaries(split: TimeSplit) {
  const sketch = kllSketch();
  return {
    add(raw: ReadonlyMap<string, string>): void {
      const at = readCell(raw.get(split.time) ?? '', 'time') as number | undefined;
      if (at !== undefined && !Number.isNaN(at)) sketch.add(at);
    },
    finish(): Boundaries {
      const { values, weights } = weightedValues(sketch.levels());
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (total === 0) throw invalidStep(0, `no row has a time in ${split.time}, by which it is to be split`);
      const timeAt = (share: number): number | null => {
        let below = 0;
        const at = weights.findIndex((weight) => {
          const isReached = below >= total * share;
          below += weight;
          return isReached;
        });
        return at < 0 ? null : (values[at] as number);
      };
      const end = split.train + split.validation;
      return {
        validationFrom: split.validation > 0 ? timeAt(split.train) : null,
        holdoutFrom: end < 1 ? timeAt(end) : null,
      };
    },
  };
}
