import { PlatformError } from '../errors.ts';

export const optionError = (option: string, got: unknown, allowed: string) =>
  new PlatformError('training.option_invalid', {
    message: `the training option ${JSON.stringify(option)} is ${String(got)}; allowed is ${allowed}`,
    details: { option, got: String(got), allowed },
  });

export interface NumberRange {
  readonly atLeast?: number;
  readonly above?: number;
  readonly atMost?: number;
  readonly below?: number;
  readonly integer?: boolean;
}

const BOUNDS = [
  ['atLeast', '≥', (value: number, bound: number) => value >= bound],
  ['above', '>', (value: number, bound: number) => value > bound],
  ['atMost', '≤', (value: number, bound: number) => value <= bound],
  ['below', '<', (value: number, bound: number) => value < bound],
] as const;

/** @throws `training.option_invalid` when the value is not a number of the range; NaN never is */
export function checkNumber(option: string, value: unknown, range: NumberRange): void {
  const within = BOUNDS.every(([key, , holds]) => {
    const bound = range[key];
    return bound === undefined || (typeof value === 'number' && holds(value, bound));
  });
  if (typeof value === 'number' && !Number.isNaN(value) && within && (!range.integer || Number.isInteger(value)))
    return;
  const bounds = BOUNDS.flatMap(([key, sign]) => (range[key] === undefined ? [] : [`${sign} ${range[key]}`]));
  throw optionError(option, value, `${range.integer ? 'an integer' : 'a number'} ${bounds.join(' and ')}`);
}

/** @throws `training.option_invalid` for a name that does not exist: a misspelt option would be ignored silently */
export function checkOptionNames(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw optionError(unknown, 'unknown', `one of ${known.join(', ')}`);
}

export const checkSeed = (seed: unknown): void =>
  checkNumber('seed', seed, { atLeast: 0, atMost: Number.MAX_SAFE_INTEGER, integer: true });
