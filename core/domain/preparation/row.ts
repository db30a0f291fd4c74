/** A cell: a missing number is NaN, a missing text is empty. */
export type Cell = number | string;

/** A row on its way through the steps, by column. */
export type Row = Map<string, Cell>;

export const isMissing = (cell: Cell | undefined): boolean =>
  cell === undefined || cell === '' || (typeof cell === 'number' && Number.isNaN(cell));

/** A cell as a category: numbers by their shortest text. */
export const categoryOf = (cell: Cell): string => (isMissing(cell) ? '' : String(cell));
