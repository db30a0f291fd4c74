/** A column's values for the rows of a batch: numbers with NaN for missing, or categories with null for it. */
export type ColumnValues = Float64Array | readonly (string | null)[];

/** Rows, column by column in the order of a plan. */
export interface RowBatch {
  readonly rows: number;
  /**
   * `undefined` for a column of which the rows do not tell: left out or hashed before they were captured, or an output that was not
   * asked for. Such rows count for the column neither as missing nor as anything else.
   */
  readonly columns: readonly (ColumnValues | undefined)[];
}

const CATEGORY_LIMIT_CHARACTERS = 256;

/** A category as it is counted: longer texts are cut, so that free text cannot make a plan large. */
export const toCategory = (text: string): string =>
  text.length <= CATEGORY_LIMIT_CHARACTERS ? text : text.slice(0, CATEGORY_LIMIT_CHARACTERS).toWellFormed();
