import type { LabelValue } from '../labels/label.ts';
import type { LabelledRow, PredictedRow } from '../performance/join-labels.ts';
import { isSameClass } from '../performance/same-class.ts';
import { type Facet, isDisadvantaged } from './facet.ts';
import type { BiasRows } from './facet-counts.ts';

export interface BiasQuestion {
  readonly facet: Facet;
  /** The outcome that people want: a loan, not its refusal. */
  readonly favourable: LabelValue;
  /** Field whose values are the strata of demographic disparity. @default - one stratum */
  readonly stratum?: string | undefined;
}

export interface BiasColumns<Rows> {
  readonly rows: Rows;
  /** Given where every row belongs to somebody. */
  readonly clusters: readonly string[] | undefined;
  /** Rows that were left out because the sensitive field has no value there. */
  readonly withoutFacet: number;
}

/** What is known of rows before their labels come. */
export type PredictedColumns = Omit<BiasRows, 'labels'>;

/** Predictions as columns of one question about one sensitive field. */
export function predictedColumns(rows: readonly PredictedRow[], question: BiasQuestion): BiasColumns<PredictedColumns> {
  const { known, ...rest } = columns(rows, question);
  return { rows: rest.rows, clusters: rest.clusters, withoutFacet: rows.length - known.length };
}

/** The same of rows whose labels have come. */
export function labelledColumns(rows: readonly LabelledRow[], question: BiasQuestion): BiasColumns<BiasRows> {
  const { known, ...rest } = columns(rows, question);
  const labels = Uint8Array.from(known, ({ row }) => (isSameClass(row.label, question.favourable) ? 1 : 0));
  return { rows: { ...rest.rows, labels }, clusters: rest.clusters, withoutFacet: rows.length - known.length };
}

function columns<Row extends PredictedRow>(
  rows: readonly Row[],
  { facet, favourable, stratum }: BiasQuestion,
): { known: { row: Row; isD: boolean }[]; rows: PredictedColumns; clusters: string[] | undefined } {
  const known = rows.flatMap((row) => {
    const isD = isDisadvantaged(row.segments[facet.field], facet);
    return isD === undefined ? [] : [{ row, isD }];
  });
  const entities = known.flatMap(({ row }) => row.entity ?? []);
  return {
    known,
    rows: {
      disadvantaged: Uint8Array.from(known, ({ isD }) => (isD ? 1 : 0)),
      predicted: Uint8Array.from(known, ({ row }) => (isSameClass(row.predicted, favourable) ? 1 : 0)),
      // A row without a value is a stratum with the others that have none.
      ...(stratum !== undefined && { groups: known.map(({ row }) => String(row.segments[stratum] ?? '')) }),
    },
    clusters: entities.length === known.length && known.length > 0 ? entities : undefined,
  };
}
