import * as z from 'zod';
import type { JsonValue } from '../domain/json/parse-json.ts';

/** JSON that is checked against the model, not by a schema: it may hold a million values. */
export const Value = z.custom<JsonValue>((value) => value !== undefined);

/**
 * An array as a whole: one mistake in it is one problem. A schema for each element would make two million problems of a
 * body of two million mistakes.
 */
export const arrayOf = <Element>(
  isElement: (value: unknown) => boolean,
  { message, items }: { message: string; items: Readonly<Record<string, unknown>> },
) =>
  z
    .custom<Element[]>((value) => Array.isArray(value) && value.every(isElement), message)
    .meta({ type: 'array', items });

/** In a schema's description of itself: exactly one of these members. */
export const exactlyOne = (names: readonly string[]) => ({ oneOf: names.map((name) => ({ required: [name] })) });
