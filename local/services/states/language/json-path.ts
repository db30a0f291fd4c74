import { JSONPath } from 'jsonpath-plus';
import { isObject, type Json } from './json.ts';
import { StateError } from './state-error.ts';

/** What a path may read: `$` the data, `$$` the context object, `$name` a variable. */
export interface PathScope {
  readonly data: Json;
  readonly context: Json;
  readonly variables: Readonly<Record<string, Json>>;
}

const VARIABLE = /^\$([A-Za-z_][A-Za-z0-9_]*)/;
const REFERENCE = /^\$(?:\.[A-Za-z_][\w-]*|\['[^']+'\]|\["[^"]+"\]|\[\d+\])*$/;
/** A path of these picks at most one value. */
const INDEFINITE = /\*|\.\.|\?\(|,|\d*:\d*/;

export const isPath = (text: string): boolean => text.startsWith('$');

/** Whether it names one place, at which a result can be put. */
export const isReferencePath = (text: string): boolean => REFERENCE.test(text);

/**
 * The value at a path; of one that can pick several, all of them.
 *
 * @throws StateError States.ParameterPathFailure where a path that picks one value picks none
 */
export function readPath(path: string, scope: PathScope): Json {
  const found = findPath(path, scope);
  if (found !== undefined) return found;
  throw new StateError('States.ParameterPathFailure', `the path '${path}' picks nothing in ${brief(scope.data)}`);
}

/** As `readPath`; undefined where it picks none. */
export function findPath(path: string, { data, context, variables }: PathScope): Json | undefined {
  if (path === '$') return data;
  if (path.startsWith('$$')) return pick(path.slice(1), context);
  const [whole = '', name = ''] = VARIABLE.exec(path) ?? [];
  if (name === '') return pick(path, data);
  return Object.hasOwn(variables, name) ? pick(`$${path.slice(whole.length)}`, variables[name]) : undefined;
}

function pick(path: string, data: Json): Json | undefined {
  if (path === '$') return data;
  if (data === null || typeof data !== 'object') return undefined;
  // 'safe' walks a parsed filter and runs no code.
  const found = JSONPath({ path, json: data, wrap: true, eval: 'safe' }) as Json[] | undefined;
  return INDEFINITE.test(path) ? (found ?? []) : found?.[0];
}

/**
 * `data` with `value` at a reference path; objects on the way are made.
 *
 * @throws StateError States.ResultPathMatchFailure where something else is on the way
 */
export function putAtPath(path: string, data: Json, value: Json): Json {
  const steps = [...path.matchAll(/\.([A-Za-z_][\w-]*)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\]/g)].map(
    ([, dotted, single, double, index]) => (index === undefined ? (dotted ?? single ?? double ?? '') : Number(index)),
  );
  return put(data, steps, { path, value });
}

function put(data: Json, [step, ...rest]: readonly (string | number)[], target: { path: string; value: Json }): Json {
  if (step === undefined) return target.value;
  if (typeof step === 'number') {
    if (!Array.isArray(data) || step >= data.length) throw noMatch(target.path, data);
    return data.map((each, index) => (index === step ? put(each, rest, target) : each));
  }
  if (!isObject(data ?? {})) throw noMatch(target.path, data);
  const object = (data ?? {}) as Record<string, Json>;
  return { ...object, [step]: put(Object.hasOwn(object, step) ? object[step] : undefined, rest, target) };
}

const noMatch = (path: string, data: Json) =>
  new StateError('States.ResultPathMatchFailure', `the ResultPath '${path}' cannot be applied to ${brief(data)}`);

/** The beginning of a value, for messages. */
export function brief(value: Json): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
