import { historyCounter } from '../domain/baseline/count-history.ts';
import { noRows } from '../domain/baseline/dataset-reader.ts';
import type { RowSource } from '../domain/baseline/row-source.ts';
import { type ModelColumn, modelColumns, type WatchedModel } from '../domain/capture/model-columns.ts';
import { type RowBuffer, rowBuffer } from '../domain/capture/row-buffer.ts';
import type { Baseline } from '../domain/drift/profile/baseline.ts';
import { rowsPerWindow } from '../domain/drift/profile/history.ts';
import { emptyProfile } from '../domain/drift/profile/merge-profiles.ts';
import { type RowPlanner, rowPlanner } from '../domain/drift/profile/plan-rows.ts';
import type { ColumnPlan, ProfilePlan } from '../domain/drift/profile/profile.ts';
import type { ConstraintsDocument } from '../domain/quality/constraints-document.ts';
import { describeBaseline } from '../domain/quality/describe-baseline.ts';
import type { StatisticsDocument } from '../domain/quality/statistics-document.ts';
import { suggestConstraints } from '../domain/quality/suggest-constraints.ts';

export interface MadeBaseline {
  readonly baseline: Baseline;
  readonly statistics: StatisticsDocument;
  readonly constraints: ConstraintsDocument;
  /** What is not watched, in sentences. */
  readonly notes: readonly string[];
}

export interface BaselineOptions {
  /** Known once the source has given rows. */
  readonly featureNames: () => readonly string[] | undefined;
  /** Whether the rows are in the order of time, so that windows of them tell how windows vary. */
  readonly isOrdered: boolean;
  /** Columns whose values were hashed or left out. @default - none */
  readonly hidden?: ReadonlySet<string> | undefined;
}

/**
 * Makes a baseline of rows: a training set with the model's own predictions, or captured traffic.
 *
 * Two passes over the rows: how columns are counted is decided by the first. Outputs of which no row tells are no columns.
 *
 * @throws `baseline.malformed` for no rows, or times that go back
 */
export async function makeBaseline(
  source: RowSource,
  model: WatchedModel,
  { featureNames, isOrdered, hidden }: BaselineOptions,
): Promise<MadeBaseline> {
  let planning: Planning | undefined;
  await source((rows) => {
    planning ??= startPlanning(model, featureNames(), hidden);
    planning.buffer.add(rows);
  });
  planning?.buffer.flush();
  const { rows, ...planned } = planning?.planner.planned() ?? { rows: 0, plan: undefined, summaries: [] };
  if (planning === undefined || planned.plan === undefined || rows === 0) throw noRows();
  const { columns: all, told, notes } = planning;
  const isTold = ({ name }: { readonly name: string }): boolean => told.has(name);
  const plan: ProfilePlan = { ...planned.plan, columns: planned.plan.columns.filter(isTold) };
  const summaries = planned.summaries.filter((_, i) => isTold(all[i] as { name: string }));
  const size = sizeOf(plan);
  const counter = historyCounter(plan, {
    columns: all,
    rows,
    rowsPerWindow: isOrdered ? rowsPerWindow(rows, size) : rows,
  });
  await source((each) => counter.add(each));
  const { reference, history } = counter.counted();
  const statistics = describeBaseline({ plan, rows, summaries });
  return {
    baseline: { plan, reference, history: isOrdered ? history : null, featureNames: featureNames() },
    statistics,
    constraints: suggestConstraints(statistics),
    notes,
  };
}

interface Planning {
  readonly columns: readonly ModelColumn[];
  readonly notes: readonly string[];
  readonly planner: RowPlanner;
  readonly buffer: RowBuffer;
  /** Columns of which any row tells. */
  readonly told: ReadonlySet<string>;
}

function startPlanning(
  model: WatchedModel,
  featureNames: readonly string[] | undefined,
  hidden: ReadonlySet<string> | undefined,
): Planning {
  const { columns, notes } = modelColumns(model, featureNames);
  const planner = rowPlanner(columns);
  const told = new Set<string>();
  const buffer = rowBuffer(
    { columns: columns.map(blankPlan), correlated: [] },
    {
      columns,
      ...(hidden && { hidden }),
      take: (batch) => {
        for (const [i, values] of batch.columns.entries()) if (values) told.add((columns[i] as ModelColumn).name);
        planner.add(batch);
      },
    },
  );
  return { columns, notes, planner, buffer, told };
}

/** Only its kind is asked for before there is a plan. */
const blankPlan = ({ name, kind, role }: ModelColumn): ColumnPlan =>
  kind === 'numeric' ? { name, kind, role, edges: [] } : { name, kind, role, categories: [] };

/** Numbers that one window's counts hold. */
function sizeOf(plan: ProfilePlan): number {
  const { columns, crossMoments } = emptyProfile(plan);
  const counts = columns.reduce(
    (sum, column) => sum + (column.kind === 'numeric' ? column.bins : column.counts).length,
    0,
  );
  return counts + crossMoments.length;
}
