/** A number as it was written, or one of the tokens NaN, Infinity and -Infinity. */
export class NumberLiteral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON whose numbers are kept as text: nothing is lost of NaN, infinities and integers past 2^53. */
export type LosslessJson = null | boolean | string | NumberLiteral | LosslessJson[] | { [key: string]: LosslessJson };

const STRING = '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"';
const TOKEN = '-?Infinity|NaN';
const NUMBER = '-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?';
const SCALARS = new RegExp(`${STRING}|${TOKEN}|${NUMBER}`, 'g');

// One letter in front of every string tells, after parsing, which strings were numbers.
const IS_STRING = 's';
const IS_NUMBER = 'n';

/** @throws SyntaxError that tells the place in `text` */
export function parseLossless(text: string): LosslessJson {
  const quoted = text.replace(SCALARS, (scalar) =>
    scalar.startsWith('"') ? `"${IS_STRING}${scalar.slice(1)}` : `"${IS_NUMBER}${scalar}"`,
  );
  try {
    return restore(JSON.parse(quoted));
  } catch (error) {
    throw misplaced(text) ?? error;
  }
}

type Quoted = null | boolean | string | Quoted[] | { [key: string]: Quoted };

function restore(value: Quoted): LosslessJson {
  if (typeof value === 'string') return value[0] === IS_NUMBER ? new NumberLiteral(value.slice(1)) : value.slice(1);
  if (Array.isArray(value)) return value.map(restore);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.slice(1), restore(inner)]));
}

/**
 * The engine's own complaint. It does not know the tokens: numbers of the same length stand in for them, so that the
 * position is right, and then the excerpt that it may quote is cut off, because it would show these numbers.
 */
function misplaced(text: string): Error | undefined {
  const tokens = new RegExp(`${STRING}|${TOKEN}`, 'g');
  const known = text.replace(tokens, (scalar) => (scalar.startsWith('"') ? scalar : '1'.repeat(scalar.length)));
  try {
    JSON.parse(known);
    return undefined;
  } catch (error) {
    const { message } = error as SyntaxError;
    return new SyntaxError(known === text ? message : message.replace(/, (\.{3})?".*$/s, ''), { cause: error });
  }
}

export function writeLossless(value: LosslessJson): string {
  if (value instanceof NumberLiteral) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeLossless).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${writeLossless(inner)}`)
    .join(',')}}`;
}

export const isJsonObject = (value: LosslessJson | undefined): value is { [key: string]: LosslessJson } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
