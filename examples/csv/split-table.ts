import { columnIndex, type Table } from './read-table.ts';

export interface SplitOptions {
  /** Column to order rows by, so that the model is tested on the future. @default - the order of the file */
  readonly time?: string | undefined;
  /** Share of the rows, from the beginning, to train on. */
  readonly trainShare: number;
  /** Instead: every so-manieth row, from the first, is held out. */
  readonly holdoutEvery?: number | undefined;
}

/** Parts the rows into those to train on and those held out. Equal times keep the order of the file. */
export function splitTable(
  table: Table,
  { time, trainShare, holdoutEvery }: SplitOptions,
): [train: Table, holdout: Table] {
  const rows = time === undefined ? [...table.rows] : sortedBy(table, time);
  const isHeldOut = (index: number): boolean =>
    holdoutEvery === undefined ? index >= Math.floor(rows.length * trainShare) : index % holdoutEvery === 0;
  return [
    { columns: table.columns, rows: rows.filter((_, index) => !isHeldOut(index)) },
    { columns: table.columns, rows: rows.filter((_, index) => isHeldOut(index)) },
  ];
}

function sortedBy(table: Table, time: string): (readonly string[])[] {
  const index = columnIndex(table, time);
  const timeOf = (row: readonly string[]): number => {
    const text = row[index] ?? '';
    const value = Number.isFinite(Number(text)) && text !== '' ? Number(text) : Date.parse(text);
    if (Number.isNaN(value))
      throw new Error(`${JSON.stringify(text)} in column ${JSON.stringify(time)} is no number and no date`);
    return value;
  };
  return table.rows
    .map((row) => ({ row, at: timeOf(row) }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
}
