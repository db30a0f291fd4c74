import { randomUUID } from 'node:crypto';
import jsonata, { type Expression } from 'jsonata';
import { hash, parseJson, partition, range } from './intrinsic-functions.ts';
import { isObject, type Json } from './json.ts';
import { StateError } from './state-error.ts';

/** What an expression may read: `$states`, and variables by their names. */
export interface ExpressionScope {
  readonly states: {
    readonly input: Json;
    readonly result?: Json;
    readonly errorOutput?: Json;
    readonly context: Json;
  };
  readonly variables: Readonly<Record<string, Json>>;
}

const MEMORY = 1_000;
const expressions = new Map<string, Expression>();

export const isExpression = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('{%') && value.trimEnd().endsWith('%}');

const sourceOf = (text: string): string => text.trimEnd().slice(2, -2);

/** @throws an error with JSONata's message where it cannot be read */
export function checkExpression(text: string): void {
  jsonata(sourceOf(text));
}

/**
 * A value with every `{% expression %}` in it evaluated, however deep.
 *
 * @throws StateError States.QueryEvaluationError where one fails or gives nothing that JSON could say
 */
export async function evaluate(value: Json, scope: ExpressionScope): Promise<Json> {
  if (isExpression(value)) return await evaluateExpression(value, scope);
  if (Array.isArray(value)) return await Promise.all(value.map((each) => evaluate(each, scope)));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(async ([key, each]) => [key, await evaluate(each, scope)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function evaluateExpression(text: string, { states, variables }: ExpressionScope): Promise<Json> {
  let result: unknown;
  try {
    result = await compiled(text).evaluate(null, { states, ...variables });
  } catch (error) {
    throw failure(text, isObject(error) && 'message' in error ? String(error['message']) : String(error));
  }
  if (result === undefined) throw failure(text, 'it gives nothing');
  // Results are JSONata's own arrays, and may hold functions.
  const json = JSON.stringify(result, (_, each: unknown) => {
    if (typeof each === 'function') throw failure(text, 'it gives a function');
    if (typeof each === 'number' && !Number.isFinite(each)) throw failure(text, `it gives ${each}`);
    return each;
  });
  if (json === undefined) throw failure(text, 'it gives a function');
  return JSON.parse(json);
}

const failure = (text: string, why: string) =>
  new StateError('States.QueryEvaluationError', `the expression '${text}' failed: ${why}`);

function compiled(text: string): Expression {
  const known = expressions.get(text);
  if (known !== undefined) return known;
  const expression = jsonata(sourceOf(text));
  expression.registerFunction('partition', (list: Json[], size: number) => partition(list, size), '<a-n:a>');
  expression.registerFunction(
    'range',
    (first: number, last: number, step: number) => range(first, last, step),
    '<nnn:a>',
  );
  expression.registerFunction('hash', (value: Json, algorithm: string) => hash(value, algorithm), '<js:s>');
  expression.registerFunction('uuid', () => randomUUID(), '<:s>');
  expression.registerFunction('parse', (value: string) => parseJson(value), '<s-:j>');
  expression.registerFunction(
    'random',
    (seed?: number) => (seed === undefined ? Math.random() : seeded(seed)),
    '<n?:n>',
  );
  // Step Functions has none: it would be code in data.
  expression.registerFunction('eval', () => {
    throw new Error('$eval is not available');
  });
  if (expressions.size >= MEMORY) expressions.clear();
  expressions.set(text, expression);
  return expression;
}

/** In [0, 1), the same for the same seed. */
const seeded = (seed: number): number => Number.parseInt(hash(String(seed), 'SHA-256').slice(0, 12), 16) / 2 ** 48;
