import { parse as parseCsv } from 'csv-parse/sync';
import { PlatformError } from '../../core/domain/errors.ts';
import type { Datatype } from '../../core/domain/inference/datatype.ts';
import type { JsonValue } from '../../core/domain/json/parse-json.ts';

/** The rows of a CSV body as text. @throws `request.invalid`, with `remedy` where there is no row */
export function readCsv(text: string, remedy: string): string[][] {
  try {
    const rows = parseCsv(text, { skip_empty_lines: true, relax_column_count: true, bom: true }) as string[][];
    if (rows.length > 0) return rows;
  } catch {
    // The library's message quotes the payload.
    throw invalid('the body is not valid CSV: a quote is not closed or stands in the middle of a cell');
  }
  throw invalid(`the body has no rows; ${remedy}`);
}

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
  const text = cell.trim();
  const lower = text.toLowerCase();
  if (datatype === 'BOOL' && (lower === 'true' || lower === 'false')) return lower === 'true';
  if (datatype.startsWith('FP') && Object.hasOwn(TOKENS, lower)) return TOKENS[lower] as JsonValue;
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  // Past the double range a number would become infinite without a word.
  if (!Number.isFinite(number)) return cell;
  return INTEGER.test(text) && !Number.isSafeInteger(number) ? BigInt(text.replace('+', '')) : number;
}

const invalid = (problem: string) =>
  new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
