import fc from 'fast-check';
import type { Profile, ProfilePlan } from '../../../../../core/domain/drift/profile/profile.ts';
import type { RowBatch } from '../../../../../core/domain/drift/profile/row-batch.ts';

/** A row of `MIXED`. */
export interface MixedRow {
  readonly amount: number;
  readonly age: number;
  readonly country: string | null;
}

export const MIXED: ProfilePlan = {
  columns: [
    { name: 'amount', kind: 'numeric', role: 'feature', edges: [0, 1, 10] },
    { name: 'age', kind: 'numeric', role: 'feature', edges: [18, 40, 65] },
    { name: 'country', kind: 'category', role: 'feature', categories: ['DE', 'FR'] },
  ],
  correlated: ['amount', 'age'],
};

export const batchOf = (rows: readonly MixedRow[]): RowBatch => ({
  rows: rows.length,
  columns: [
    Float64Array.from(rows, ({ amount }) => amount),
    Float64Array.from(rows, ({ age }) => age),
    rows.map(({ country }) => country),
  ],
});

const numbers = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 70 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0) },
);

export const mixedRows = fc.array(
  fc.record<MixedRow>({
    amount: numbers,
    age: numbers,
    country: fc.constantFrom('DE', 'FR', 'XX', '', '__proto__', null),
  }),
  { maxLength: 150 },
);

/** Everything of a profile that is counted, and must be exact. */
export const exactPart = ({ rows, columns }: Profile) => ({
  rows,
  columns: columns.map((column) => (column.kind === 'numeric' ? { ...column, sum: 0, sumSquares: 0 } : column)),
});

/** What is summed in doubles. */
export const summedPart = ({ columns, crossMoments }: Profile): number[] => [
  ...columns.flatMap((column) => (column.kind === 'numeric' ? [column.sum, column.sumSquares] : [])),
  ...crossMoments,
];

/** Equal but for the rounding of sums. */
export const isNear = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length &&
  a.every((value, i) => Math.abs(value - (b[i] as number)) <= 1e-9 * Math.max(1, Math.abs(value), 1e3));
