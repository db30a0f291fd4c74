import type { CastStep } from '../declaration.ts';
import type { Cell } from '../row.ts';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const BOOLEANS: Readonly<Record<string, number>> = { true: 1, false: 0, '1': 1, '0': 0 };
// A time without a zone would mean another instant on another machine: a date alone is UTC, anything else must say.
const INSTANT = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/**
 * A raw cell as what its column holds. Numbers are rounded to float32; NaN and infinities may be spelt as Python and JSON writers do.
 *
 * @returns undefined for a text that is none
 */
export function readCell(text: string, to: CastStep['to']): Cell | undefined {
  if (to === 'text') return text;
  const trimmed = text.trim();
  if (trimmed === '') return Number.NaN;
  if (to === 'boolean') return BOOLEANS[trimmed.toLowerCase()];
  if (to === 'time') return readTime(trimmed);
  if (/^nan$/i.test(trimmed)) return Number.NaN;
  if (to === 'number' && /^[+-]?inf(inity)?$/i.test(trimmed))
    return trimmed.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!NUMBER.test(trimmed)) return undefined;
  const value = Math.fround(Number(trimmed));
  // Beyond float32 a number would become infinite without a word.
  if (!Number.isFinite(value) || (to === 'integer' && !Number.isInteger(value))) return undefined;
  return value;
}

/** Milliseconds since 1970: an ISO 8601 instant, a date (its midnight in UTC), or a number of milliseconds. */
function readTime(text: string): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const at = INSTANT.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
