import { CORRELATED_LIMIT, type ColumnRole, type ProfilePlan } from './profile.ts';
import type { RowBatch } from './row-batch.ts';
import { type CategorySummariser, type CategorySummary, categorySummariser } from './summarise-categories.ts';
import { type NumberSummariser, type NumberSummary, numberSummariser } from './summarise-numbers.ts';

/** A column to make a plan for. */
export interface ColumnSpec {
  readonly name: string;
  readonly kind: 'numeric' | 'category';
  readonly role: ColumnRole;
}

export type ColumnSummary =
  | ({ readonly kind: 'numeric' } & NumberSummary)
  | ({ readonly kind: 'category' } & CategorySummary);

export interface PlannedRows {
  readonly plan: ProfilePlan;
  readonly rows: number;
  /** In the order of the plan. */
  readonly summaries: readonly ColumnSummary[];
}

export interface RowPlanner {
  add(batch: RowBatch): void;
  planned(): PlannedRows;
}

export interface PlanOptions {
  /** Of numeric columns, 20 to 50. @default 32 */
  readonly bins?: number;
  /** Categories that a column's plan knows at most. @default 100 */
  readonly categories?: number;
  /** Values that are kept for exact quantiles, over all columns. @default 8 million, 64 MiB */
  readonly exactValues?: number;
}

const LEAST_EXACT = 2_048;

type Summariser =
  | ({ readonly kind: 'numeric' } & NumberSummariser)
  | ({ readonly kind: 'category' } & CategorySummariser);

/**
 * Decides from a baseline's rows how its columns are counted, in one pass.
 *
 * Watched for correlation are the first `CORRELATED_LIMIT` numeric features that are no constants.
 *
 * Cost: memory by the options and the number of columns, whatever the number of rows.
 */
export function rowPlanner(
  columns: readonly ColumnSpec[],
  { bins = 32, categories = 100, exactValues = 8_000_000 }: PlanOptions = {},
): RowPlanner {
  const exactLimit = Math.max(LEAST_EXACT, Math.floor(exactValues / Math.max(1, columns.length)));
  const summarisers = columns.map(
    ({ kind }): Summariser =>
      kind === 'numeric'
        ? { kind, ...numberSummariser({ bins, exactLimit }) }
        : { kind, ...categorySummariser(categories) },
  );
  let rows = 0;
  return {
    add(batch) {
      for (const [place, summariser] of summarisers.entries()) {
        const values = batch.columns[place];
        if (values === undefined) continue;
        if (summariser.kind === 'numeric') summariser.add(values as Float64Array, batch.rows);
        else summariser.add(values as readonly (string | null)[], batch.rows);
      }
      rows += batch.rows;
    },
    planned() {
      const summaries = summarisers.map(summaryOf);
      return { plan: planOf(columns, summaries), rows, summaries };
    },
  };
}

const summaryOf = (summariser: Summariser): ColumnSummary =>
  summariser.kind === 'numeric'
    ? { kind: 'numeric', ...summariser.summary() }
    : { kind: 'category', ...summariser.summary() };

function planOf(columns: readonly ColumnSpec[], summaries: readonly ColumnSummary[]): ProfilePlan {
  const plans = columns.map(({ name, role }, place) => {
    const summary = summaries[place] as ColumnSummary;
    return summary.kind === 'numeric'
      ? { name, kind: summary.kind, role, edges: summary.edges }
      : { name, kind: summary.kind, role, categories: summary.categories.map(({ value }) => value) };
  });
  const correlated = columns.filter(({ role }, place) => {
    const summary = summaries[place] as ColumnSummary;
    return role === 'feature' && summary.kind === 'numeric' && summary.max > summary.min;
  });
  return { columns: plans, correlated: correlated.slice(0, CORRELATED_LIMIT).map(({ name }) => name) };
}
