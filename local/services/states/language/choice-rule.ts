import { isObject, type Json, type JsonObject } from './json.ts';
import { findPath, type PathScope, readPath } from './json-path.ts';

type Order = (comparison: number) => boolean;

const ORDERS: Readonly<Record<string, Order>> = {
  Equals: (c) => c === 0,
  LessThan: (c) => c < 0,
  GreaterThan: (c) => c > 0,
  LessThanEquals: (c) => c <= 0,
  GreaterThanEquals: (c) => c >= 0,
};
const COMPARISON = /^(String|Numeric|Timestamp|Boolean)(Equals|(?:Less|Greater)Than(?:Equals)?)(Path)?$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const IS: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  IsPresent: (value) => value !== undefined,
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && TIMESTAMP.test(value),
};

const FIELDS_BESIDE = new Set(['Variable', 'Next', 'Assign', 'Comment']);

/** Why a rule of a JSONPath Choice state cannot be evaluated; undefined where it can. */
export function ruleProblem(rule: JsonObject): string | undefined {
  const operators = Object.keys(rule).filter((key) => !FIELDS_BESIDE.has(key));
  const [operator = ''] = operators;
  if (operators.length !== 1) return `a rule has exactly one comparison, got ${operators.join(', ') || 'none'}`;
  if (operator === 'Not') return isObject(rule['Not']) ? ruleProblem(rule['Not']) : 'Not takes one rule';
  if (operator === 'And' || operator === 'Or') {
    const rules = rule[operator];
    if (!Array.isArray(rules) || rules.length === 0) return `${operator} takes a list of rules`;
    return rules.map((each) => (isObject(each) ? ruleProblem(each) : 'a rule is an object')).find(Boolean);
  }
  if (typeof rule['Variable'] !== 'string') return 'a comparison has a Variable, which is a path';
  if (operator === 'StringMatches' || Object.hasOwn(IS, operator)) return undefined;
  const parts = COMPARISON.exec(operator);
  if (parts === null || (parts[1] === 'Boolean' && parts[2] !== 'Equals')) return `there is no comparison ${operator}`;
  return undefined;
}

/** Whether the data fulfil a rule. @throws StateError where its Variable is not there */
export function fulfils(rule: JsonObject, scope: PathScope): boolean {
  if (isObject(rule['Not'])) return !fulfils(rule['Not'], scope);
  if (Array.isArray(rule['And'])) return rule['And'].every((each: JsonObject) => fulfils(each, scope));
  if (Array.isArray(rule['Or'])) return rule['Or'].some((each: JsonObject) => fulfils(each, scope));
  const path = String(rule['Variable']);
  const operator = Object.keys(rule).find((key) => !FIELDS_BESIDE.has(key)) ?? '';
  const expected = rule[operator];
  if (operator === 'IsPresent') return (findPath(path, scope) !== undefined) === expected;
  const is = Object.hasOwn(IS, operator) ? IS[operator] : undefined;
  const value = readPath(path, scope);
  if (is !== undefined) return is(value) === expected;
  if (operator === 'StringMatches') return typeof value === 'string' && matches(String(expected), value);
  const [, type = '', order = '', byPath] = COMPARISON.exec(operator) ?? [];
  const other = byPath === undefined ? expected : readPath(String(expected), scope);
  const comparison = compare(type, value, other);
  return comparison !== undefined && (ORDERS[order]?.(comparison) ?? false);
}

/** Undefined where the values are not of the type. */
function compare(type: string, a: Json, b: Json): number | undefined {
  if (type === 'Timestamp') {
    if (typeof a !== 'string' || typeof b !== 'string' || !TIMESTAMP.test(a) || !TIMESTAMP.test(b)) return undefined;
    return Date.parse(a) - Date.parse(b);
  }
  if (type === 'Numeric') return typeof a === 'number' && typeof b === 'number' ? a - b : undefined;
  const wanted = type.toLowerCase();
  if (typeof a !== wanted || typeof b !== wanted) return undefined;
  return a === b ? 0 : (a as string) < (b as string) ? -1 : 1;
}

/** `*` stands for anything, `\*` for itself. */
function matches(pattern: string, value: string): boolean {
  const source = pattern.replaceAll(/\\\*|\\\\|\*|[.+?^${}()|[\]\\]/g, (part) =>
    part === '*' ? '.*' : part === '\\*' ? '\\*' : part === '\\\\' ? '\\\\' : `\\${part}`,
  );
  return new RegExp(`^${source}$`, 's').test(value);
}
