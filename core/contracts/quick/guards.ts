/**
 * Small questions about parsed JSON. The readers of this folder take what a schema of `core/contracts` certainly takes, and
 * give what it would give, without loading zod, which is 15 ms of a cold start; of everything else they return undefined,
 * and the schema decides. Each is held to its schema by test/core/contracts/quick.test.ts.
 */

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isText = (value: unknown): value is string => typeof value === 'string';

export const isOptionalText = (value: unknown): value is string | undefined => value === undefined || isText(value);

/** A whole number from `min` that a double holds exactly. */
export const isWhole = (value: unknown, min = Number.MIN_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min;

export const isListOf = <Element>(
  value: unknown,
  isElement: (element: unknown) => element is Element,
): value is Element[] => Array.isArray(value) && value.every(isElement);

/** Every value of an object by a question; a name `__proto__` is left to the schema. */
export const isRecordOf = <Value>(
  value: unknown,
  isValue: (value: unknown) => value is Value,
): value is Record<string, Value> =>
  isFields(value) && !Object.hasOwn(value, '__proto__') && Object.values(value).every(isValue);

/** Whether `value` has no fields but these. */
export const hasOnly = (value: Fields, names: readonly string[]): boolean =>
  Object.keys(value).every((name) => names.includes(name));
