import { PlatformError } from '../errors.ts';

/** JSON, plus `bigint` for integer literals that a double cannot hold. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | { [key: string]: JsonValue };

/** Deeper than any tensor (ONNX tensors have a handful of dimensions), far below what overflows the stack. */
export const MAX_DEPTH = 100;

/** What the engine's own parser would get wrong: NaN and infinity tokens, integers past 2^53, numbers past the double range. */
const NEEDS_OWN_PARSER = /NaN|Infinity|\d{16}|[eE]\+?\d{3}/;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const [PLUS, UPPER_E, LOWER_E, UPPER_I, UPPER_N] = [43, 69, 101, 73, 78];
const LONG_DIGITS = 16;

/** Looks for the beginnings of `NEEDS_OWN_PARSER` alone: trying the whole pattern at each character costs more than parsing. */
function needsOwnParser(text: string): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      digits += 1;
      if (digits === LONG_DIGITS) return true;
      continue;
    }
    digits = 0;
    if (code === LOWER_E || code === UPPER_E) {
      const next = text.charCodeAt(at + 1);
      if (isDigit(next) || next === PLUS) return NEEDS_OWN_PARSER.test(text);
    } else if (code === UPPER_N || code === UPPER_I) {
      if (text.startsWith(code === UPPER_N ? 'NaN' : 'Infinity', at)) return true;
    }
  }
  return false;
}

const malformed = (reason: string) =>
  new PlatformError('request.malformed', { message: `the body is not valid JSON: ${reason}`, details: { reason } });

/**
 * Parses JSON the way numeric clients write it: `NaN`, `Infinity` and `-Infinity` are numbers (what Python's json writes),
 * and integers keep all their digits.
 *
 * Integer literals within ±(2^53 − 1) and all other numbers become `number`, larger integers `bigint`.
 *
 * @throws `request.malformed` for anything else that is not JSON, for numbers beyond the double range (`1e999`), and past
 *   a nesting depth of 100; the message tells where, never what stood there
 */
export function parseJson(text: string): JsonValue {
  if (!needsOwnParser(text)) {
    try {
      const value = JSON.parse(text) as JsonValue;
      // The engine takes any depth; whatever walks the value afterwards would overflow the stack.
      if (!isTooDeep(value, 0)) return value;
    } catch {
      // The engine's message quotes the payload: the parser below finds the place again and tells only that.
    }
  }
  return parseSlowly(text);
}

/** Looks no deeper than the limit, so that it cannot overflow the stack itself. */
function isTooDeep(value: JsonValue, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  if (typeof value !== 'object' || value === null) return false;
  const children = Array.isArray(value) ? value : Object.values(value);
  if (depth === MAX_DEPTH) return children.length > 0;
  // A plain loop that passes numbers by: most of what is parsed is one long list of them.
  for (const child of children)
    if (typeof child === 'object' && child !== null && isTooDeep(child, depth + 1)) return true;
  return false;
}

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];

function parseSlowly(text: string): JsonValue {
  let at = 0;

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const skip = () => match(WHITESPACE);
  const unexpected = () =>
    malformed(at >= text.length ? 'it ends too early' : `unexpected character at position ${at}`);
  const expect = (character: string) => {
    if (text[at] !== character) throw unexpected();
    at += 1;
  };

  const parseString = (): string => {
    if (text[at] !== '"') throw unexpected();
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) throw malformed('it ends too early');
    const literal = text.slice(at, end + 1);
    at = end + 1;
    try {
      return JSON.parse(literal) as string;
    } catch {
      throw malformed(`a bad escape or control character in the string that ends at position ${at}`);
    }
  };
  const parseNumber = (): number | bigint => {
    const found = match(NUMBER);
    if (!found) throw unexpected();
    const value = Number(found[0]);
    if (!Number.isFinite(value)) throw malformed(`the number that ends at position ${at} is beyond the double range`);
    const isInteger = found[1] === undefined && found[2] === undefined;
    return isInteger && !Number.isSafeInteger(value) ? BigInt(found[0]) : value;
  };
  const parseArray = (depth: number): JsonValue[] => {
    const values: JsonValue[] = [];
    expect('[');
    skip();
    if (text[at] === ']') at += 1;
    else {
      for (;;) {
        values.push(parseValue(depth));
        if (text[at] === ']') break;
        expect(',');
      }
      at += 1;
    }
    return values;
  };
  const parseObject = (depth: number): { [key: string]: JsonValue } => {
    const entries: [string, JsonValue][] = [];
    expect('{');
    skip();
    if (text[at] === '}') at += 1;
    else {
      for (;;) {
        skip();
        const key = parseString();
        skip();
        expect(':');
        entries.push([key, parseValue(depth)]);
        if (text[at] === '}') break;
        expect(',');
      }
      at += 1;
    }
    // fromEntries defines properties, so that a key `__proto__` is a key like any other.
    return Object.fromEntries(entries);
  };
  /** One value with the white space around it. */
  const parseValue = (depth: number): JsonValue => {
    if (depth > MAX_DEPTH) throw malformed(`it is nested more than ${MAX_DEPTH} levels deep at position ${at}`);
    skip();
    const word = WORDS.find(([token]) => text.startsWith(token, at));
    let value: JsonValue;
    if (word) {
      at += word[0].length;
      value = word[1];
    } else if (text[at] === '"') value = parseString();
    else if (text[at] === '[') value = parseArray(depth + 1);
    else if (text[at] === '{') value = parseObject(depth + 1);
    else value = parseNumber();
    skip();
    return value;
  };

  const value = parseValue(0);
  if (at < text.length) throw unexpected();
  return value;
}
