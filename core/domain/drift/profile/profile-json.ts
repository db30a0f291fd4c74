import { PlatformError } from '../../errors.ts';
import type { CategoryCounts, ColumnCounts, ColumnPlan, NumericCounts, Profile, ProfilePlan } from './profile.ts';

/**
 * Profiles as JSON. Of JSON's gaps: a number that is not finite is its name as a string, never null; what is absent is left out; the
 * cross-moments, which nobody reads, are doubles in base64.
 */
export interface ProfileJson {
  readonly rows: number;
  readonly columns: readonly ColumnJson[];
  readonly crossMoments: string;
}

type NumberJson = number | 'NaN' | 'Infinity' | '-Infinity';

type ColumnJson =
  | {
      readonly bins: readonly number[];
      readonly missing?: number;
      readonly infinite?: number;
      readonly fractions?: number;
      readonly sum: NumberJson;
      readonly sumSquares: NumberJson;
      /** Absent where there is no finite value. */
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly counts: readonly number[]; readonly missing?: number; readonly unseen?: number };

export const profileToJson = ({ rows, columns, crossMoments }: Profile): ProfileJson => ({
  rows,
  columns: columns.map(columnToJson),
  crossMoments: toBase64(crossMoments),
});

function columnToJson(column: ColumnCounts): ColumnJson {
  const missing = column.missing > 0 && { missing: column.missing };
  if (column.kind === 'category') {
    return { counts: column.counts, ...missing, ...(column.unseen > 0 && { unseen: column.unseen }) };
  }
  const { bins, infinite, fractions, sum, sumSquares, min, max } = column;
  return {
    bins,
    ...missing,
    ...(infinite > 0 && { infinite }),
    ...(fractions !== undefined && { fractions }),
    sum: toJson(sum),
    sumSquares: toJson(sumSquares),
    ...(min <= max && { min, max }),
  };
}

/**
 * @param value parsed JSON
 * @throws `profile.malformed` for what is not a profile, or one by another plan
 */
export function profileFromJson(value: unknown, plan: ProfilePlan): Profile {
  const { rows, columns, crossMoments } = asObject(value, 'a profile');
  if (!Array.isArray(columns) || columns.length !== plan.columns.length) {
    throw malformed(
      `it has ${Array.isArray(columns) ? columns.length : 'no'} columns, its plan has ${plan.columns.length}`,
    );
  }
  const moments = fromBase64(crossMoments);
  const pairs = (plan.correlated.length * (plan.correlated.length + 1)) / 2;
  if (moments.length !== pairs) throw malformed(`it has ${moments.length} cross-moments, its plan ${pairs}`);
  return {
    rows: count(rows, 'rows'),
    columns: columns.map((column, place) => columnFromJson(column, plan.columns[place] as ColumnPlan)),
    crossMoments: moments,
  };
}

function columnFromJson(value: unknown, plan: ColumnPlan): ColumnCounts {
  const what = JSON.stringify(plan.name);
  const column = asObject(value, what);
  const missing = count(column['missing'] ?? 0, what);
  return plan.kind === 'category'
    ? categories(column, { missing, what, size: plan.categories.length })
    : numbers(column, { missing, what, size: plan.edges.length + 1 });
}

type Expected = { readonly missing: number; readonly what: string; readonly size: number };

const categories = (column: Record<string, unknown>, { missing, what, size }: Expected): CategoryCounts => ({
  kind: 'category',
  missing,
  counts: counts(column['counts'], what, size),
  unseen: count(column['unseen'] ?? 0, what),
});

const numbers = (column: Record<string, unknown>, { missing, what, size }: Expected): NumericCounts => ({
  kind: 'numeric',
  missing,
  infinite: count(column['infinite'] ?? 0, what),
  bins: counts(column['bins'], what, size),
  sum: fromJson(column['sum'], what),
  sumSquares: fromJson(column['sumSquares'], what),
  min: fromJson(column['min'] ?? 'Infinity', what),
  max: fromJson(column['max'] ?? '-Infinity', what),
  ...(column['fractions'] !== undefined && { fractions: count(column['fractions'], what) }),
});

export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw malformed(`${what} is no object`);
}

export function count(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(`${what} has ${JSON.stringify(value)} where a count is expected`);
}

function counts(value: unknown, what: string, size: number): number[] {
  if (!Array.isArray(value) || value.length !== size) {
    throw malformed(`${what} has ${Array.isArray(value) ? value.length : 'no'} counts, its plan ${size}`);
  }
  return value.map((each) => count(each, what));
}

const NAMES: readonly unknown[] = ['NaN', 'Infinity', '-Infinity'];

const toJson = (value: number): NumberJson => (Number.isFinite(value) ? value : (String(value) as NumberJson));

function fromJson(value: unknown, what: string): number {
  if (typeof value === 'number' || NAMES.includes(value)) return Number(value);
  throw malformed(`${what} has ${JSON.stringify(value)} where a number is expected`);
}

const DOUBLE_BYTES = 8;

/** Little-endian, as the processors that run this are. */
function toBase64(values: readonly number[]): string {
  const bytes = new Uint8Array(Float64Array.from(values).buffer);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(text: unknown): number[] {
  const binary =
    typeof text === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? atob(text) : '?';
  if (binary.length % DOUBLE_BYTES !== 0) throw malformed('its cross-moments are no doubles in base64');
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return Array.from(new Float64Array(bytes.buffer));
}

export const malformed = (reason: string) =>
  new PlatformError('profile.malformed', {
    message: `the profile cannot be read: ${reason}; register the version's baseline again`,
    details: { reason },
  });
