import { type CategoryCounter, categoryCounter } from './count-categories.ts';
import { type NumberCounter, numberCounter } from './count-numbers.ts';
import { crossMoments } from './cross-moments.ts';
import { mismatch } from './mismatch.ts';
import type { ColumnPlan, Profile, ProfilePlan } from './profile.ts';
import { correlatedPlaces, rankScales } from './rank-scale.ts';
import type { ColumnValues, RowBatch } from './row-batch.ts';

/** Counts rows; what has been counted so far can be asked for at any time. */
export interface RowCounter {
  /** @throws `profile.mismatch` for a batch of other columns; then nothing of it is counted */
  add(batch: RowBatch): void;
  profile(): Profile;
}

export interface RowCounterOptions {
  /** The baseline's counts, whose ranks the cross-moments are of. Without it they stay 0. */
  readonly reference?: Profile | undefined;
  /** Gets the codes of the correlated columns' values, batch by batch: see `RankScale`. */
  readonly onCodes?: ((codes: readonly Uint16Array[], rows: number) => void) | undefined;
}

type Counter = ({ readonly kind: 'numeric' } & NumberCounter) | ({ readonly kind: 'category' } & CategoryCounter);

const counterOf = (plan: ColumnPlan): Counter =>
  plan.kind === 'numeric'
    ? { kind: 'numeric', ...numberCounter(plan) }
    : { kind: 'category', ...categoryCounter(plan) };

/**
 * Counts rows by a plan, in one pass.
 *
 * Counts of parts, merged, are the counts of the whole: `mergeProfiles`.
 *
 * Cost: O(columns · log edges + correlated²) a row; memory by the plan and the largest batch, not by the rows.
 */
export function rowCounter(plan: ProfilePlan, { reference, onCodes }: RowCounterOptions = {}): RowCounter {
  const counters = plan.columns.map(counterOf);
  const places = correlatedPlaces(plan);
  const correlatedAt = new Map(places.map((place, index) => [place, index]));
  const moments = crossMoments(reference ? rankScales(plan, reference) : []);
  const needsCodes = reference !== undefined || onCodes !== undefined;
  const absent = places.map((place) => codeOfMissing(plan.columns[place] as ColumnPlan));
  let codes = places.map(() => new Uint16Array(0));
  let spare = new Uint16Array(0);
  let rows = 0;
  return {
    add(batch) {
      checkBatch(plan, batch);
      if (batch.rows > spare.length) {
        spare = new Uint16Array(batch.rows);
        codes = needsCodes ? places.map(() => new Uint16Array(batch.rows)) : codes;
      }
      for (const [place, counter] of counters.entries()) {
        const values = batch.columns[place];
        const index = needsCodes ? correlatedAt.get(place) : undefined;
        const into = index === undefined ? spare : (codes[index] as Uint16Array);
        if (values === undefined) into.fill(absent[index ?? 0] ?? 0, 0, batch.rows);
        else if (counter.kind === 'numeric') counter.add(values as Float64Array, batch.rows, into);
        else counter.add(values as readonly (string | null)[], batch.rows);
      }
      if (reference !== undefined) moments.add(codes, 0, batch.rows);
      onCodes?.(codes, batch.rows);
      rows += batch.rows;
    },
    profile: () => ({
      rows,
      columns: counters.map((counter) => counter.counts()),
      crossMoments: reference ? moments.sums() : new Array((places.length * (places.length + 1)) / 2).fill(0),
    }),
  };
}

const codeOfMissing = (plan: ColumnPlan): number => (plan.kind === 'numeric' ? plan.edges.length + 1 : 0);

function checkBatch({ columns }: ProfilePlan, batch: RowBatch): void {
  if (batch.columns.length !== columns.length) {
    throw mismatch('a batch', { expected: `${columns.length} columns`, got: batch.columns.length });
  }
  for (const [place, values] of batch.columns.entries()) {
    if (values === undefined) continue;
    const { name, kind } = columns[place] as ColumnPlan;
    const what = `the column ${JSON.stringify(name)}`;
    if (kindOf(values) !== kind) throw mismatch(what, { expected: kind, got: kindOf(values) });
    if (values.length < batch.rows) throw mismatch(what, { expected: `${batch.rows} values`, got: values.length });
  }
}

const kindOf = (values: ColumnValues): ColumnPlan['kind'] => (values instanceof Float64Array ? 'numeric' : 'category');
