import { AwsError } from '../rpc/aws-error.ts';

/** Whether an event matches. */
export type EventPattern = (event: unknown) => boolean;

type Json = Readonly<Record<string, unknown>>;
/** Tests one value of an event; undefined where it has none. */
type Test = (value: unknown) => boolean;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);

/**
 * Reads an event pattern, with all of the operators that EventBridge documents except `cidr`.
 *
 * @throws InvalidEventPatternException that says what is wrong and where
 */
export function parseEventPattern(text: string): EventPattern {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause));
  }
  if (!isObject(pattern)) throw invalid('Filter is not an object');
  return objectPattern(pattern, []);
}

const invalid = (reason: string) =>
  new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);

function objectPattern(pattern: Json, path: readonly string[]): EventPattern {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalid(`Empty objects are not allowed at '${path.join('.')}'`);
  const parts = entries.map(([name, inner]): EventPattern => {
    const at = [...path, name];
    if (name === '$or' && Array.isArray(inner)) return alternatives(inner, path);
    if (isObject(inner)) {
      const nested = objectPattern(inner, at);
      return (event) => members(event, name).some(nested);
    }
    if (!Array.isArray(inner) || inner.length === 0)
      throw invalid(`'${at.join('.')}' must be an object or a list that is not empty`);
    const tests = inner.map((each) => test(each, at));
    return (event) => {
      const values = members(event, name).flatMap((value) => (Array.isArray(value) ? value : [value]));
      const leaves = values.filter(isScalar);
      return tests.some((matches) => (leaves.length === 0 ? matches(undefined) : leaves.some(matches)));
    };
  });
  return (event) => parts.every((matches) => matches(event));
}

/** The values of a member; an object within a list counts like one outside. */
function members(event: unknown, name: string): readonly unknown[] {
  if (Array.isArray(event)) return event.flatMap((each) => members(each, name));
  if (!isObject(event) || !Object.hasOwn(event, name)) return [];
  const value = event[name];
  return Array.isArray(value) && value.some(isObject) ? value : [value];
}

function alternatives(list: readonly unknown[], path: readonly string[]): EventPattern {
  const patterns = list.map((each) => {
    if (!isObject(each)) throw invalid(`$or at '${path.join('.')}' takes objects`);
    return objectPattern(each, path);
  });
  if (patterns.length < 2) throw invalid(`$or at '${path.join('.')}' takes two objects at least`);
  return (event) => patterns.some((matches) => matches(event));
}

function test(operator: unknown, path: readonly string[]): Test {
  if (isScalar(operator)) return (value) => value === operator;
  const [name = '', argument] = isObject(operator) ? (Object.entries(operator)[0] ?? []) : [];
  if (!isObject(operator) || Object.keys(operator).length !== 1) {
    throw invalid(`'${path.join('.')}' takes values and operators of one name each`);
  }
  const make = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (make === undefined) throw invalid(`Unrecognized match type ${name} at '${path.join('.')}'`);
  return make(argument, () => {
    throw invalid(`${name} at '${path.join('.')}' cannot take ${JSON.stringify(argument)}`);
  });
}

type MakeTest = (argument: unknown, fail: () => never) => Test;

const onText =
  (make: (text: string) => (value: string) => boolean): MakeTest =>
  (argument, fail) => {
    if (typeof argument !== 'string') return fail();
    const matches = make(argument);
    return (value) => typeof value === 'string' && matches(value);
  };

/** Of `prefix` and `suffix`, whose text may stand in an object that says to ignore its case. */
const onTextOrIgnoringCase =
  (matches: (value: string, text: string) => boolean): MakeTest =>
  (argument, fail) => {
    if (typeof argument === 'string') return (value) => typeof value === 'string' && matches(value, argument);
    const text = isObject(argument) ? argument['equals-ignore-case'] : undefined;
    if (typeof text !== 'string') return fail();
    return (value) => typeof value === 'string' && matches(value.toLowerCase(), text.toLowerCase());
  };

const wildcard = onText((text) => {
  const source = text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${source.join('.*')}$`, 's');
  return (value) => pattern.test(value);
});
const equalsIgnoreCase = onText((text) => (value) => value.toLowerCase() === text.toLowerCase());
const prefix = onTextOrIgnoringCase((value, text) => value.startsWith(text));
const suffix = onTextOrIgnoringCase((value, text) => value.endsWith(text));

const COMPARE: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '>=': (value, limit) => value >= limit,
  '>': (value, limit) => value > limit,
};

const numeric: MakeTest = (argument, fail) => {
  if (!Array.isArray(argument) || argument.length === 0 || argument.length % 2 !== 0) return fail();
  const checks = Array.from({ length: argument.length / 2 }, (_, index) => {
    const [sign, limit] = argument.slice(2 * index, 2 * index + 2);
    const compare = COMPARE[String(sign)];
    if (compare === undefined || typeof limit !== 'number') return fail();
    return (value: number) => compare(value, limit);
  });
  return (value) => typeof value === 'number' && checks.every((check) => check(value));
};

const anythingBut: MakeTest = (argument, fail) => {
  if (isObject(argument)) {
    const [name = '', inner] = Object.entries(argument)[0] ?? [];
    const make = { prefix, suffix, wildcard, 'equals-ignore-case': equalsIgnoreCase }[name];
    if (make === undefined) return fail();
    const tests = (Array.isArray(inner) ? inner : [inner]).map((each) => make(each, fail));
    return (value) => value !== undefined && !tests.some((matches) => matches(value));
  }
  const values = Array.isArray(argument) ? argument : [argument];
  if (values.length === 0 || !values.every(isScalar)) return fail();
  return (value) => value !== undefined && !values.includes(value);
};

const OPERATORS: Readonly<Record<string, MakeTest>> = {
  'anything-but': anythingBut,
  'equals-ignore-case': equalsIgnoreCase,
  exists: (argument, fail) => (typeof argument === 'boolean' ? (value) => (value !== undefined) === argument : fail()),
  numeric,
  prefix,
  suffix,
  wildcard,
};
