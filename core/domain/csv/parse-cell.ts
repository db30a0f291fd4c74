import type { Datatype } from '../inference/datatype.ts';
import type { JsonValue } from '../json/parse-json.ts';

const TOKENS: Readonly<Record<string, JsonValue>> = {
  '': Number.NaN,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A cell as the value its column's datatype expects; what does not fit is left as text and refused with its place. */
export function parseCell(cell: string, datatype: Datatype): JsonValue {
  if (datatype === 'BYTES') return cell;
  // What nearly every cell is.
  if (NUMBER.test(cell)) {
    const plain = Number(cell);
    if (Math.abs(plain) <= Number.MAX_SAFE_INTEGER) return plain;
  }
  const text = cell.trim();
  const lower = text.toLowerCase();
  if (datatype === 'BOOL' && (lower === 'true' || lower === 'false')) return lower === 'true';
  if (datatype.startsWith('FP') && Object.hasOwn(TOKENS, lower)) return TOKENS[lower] as JsonValue;
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  // Past the double range a number would become infinite without a word.
  if (!Number.isFinite(number)) return cell;
  return INTEGER.test(text) && !Number.isSafeInteger(number) ? BigInt(text.replace('+', '')) : number;
}
