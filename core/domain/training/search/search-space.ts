import { checkNumber, optionError } from '../check-option.ts';

/** Values that a hyperparameter may take in a search. */
export type SearchDimension =
  | {
      readonly kind: 'range';
      readonly from: number;
      readonly to: number;
      /** `log` spreads factors evenly instead of differences. @default 'linear' */
      readonly scale?: 'linear' | 'log' | undefined;
      /** @default false */
      readonly integer?: boolean | undefined;
    }
  | { readonly kind: 'choice'; readonly values: readonly unknown[] };

/** By name of the hyperparameter. */
export type SearchSpace = Readonly<Record<string, SearchDimension>>;

const FINITE = { below: Number.POSITIVE_INFINITY } as const;

/** @throws `training.option_invalid` for an empty space, an empty or reversed range, a log range that is not above 0 */
export function checkSearchSpace(space: SearchSpace): void {
  if (Object.keys(space).length === 0) throw optionError('space', 'empty', 'at least one hyperparameter');
  for (const [name, dimension] of Object.entries(space)) checkDimension(name, dimension);
}

function checkDimension(name: string, dimension: SearchDimension): void {
  if (dimension.kind === 'choice') {
    if (dimension.values.length === 0) throw optionError(`space.${name}.values`, 'empty', 'at least one value');
    return;
  }
  const { from, to, scale = 'linear', integer = false } = dimension;
  if (scale !== 'linear' && scale !== 'log') throw optionError(`space.${name}.scale`, scale, 'linear or log');
  checkNumber(`space.${name}.from`, from, scale === 'log' ? { above: 0, integer } : { above: -Infinity, integer });
  checkNumber(`space.${name}.to`, to, { atLeast: from, ...FINITE, integer });
}

/**
 * The value at a place of a dimension.
 *
 * @param place in [0, 1)
 * @returns for a range `from + place · (to − from)`, or `from · (to/from)^place` on the log scale; integers so that each of
 *   `from` to `to` has the same share of places (on the log scale, of its logarithm); for a choice each value the same share
 */
export function valueAt(dimension: SearchDimension, place: number): unknown {
  if (dimension.kind === 'choice') return dimension.values[Math.floor(place * dimension.values.length)];
  const { from, to, scale = 'linear', integer = false } = dimension;
  const end = integer ? to + 1 : to;
  const value = scale === 'log' ? from * (end / from) ** place : from + place * (end - from);
  // Rounding of the power may lead beyond the ends.
  return Math.min(Math.max(integer ? Math.floor(value) : value, from), to);
}
