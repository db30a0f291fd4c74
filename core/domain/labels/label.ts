/** What turned out to be true: a class by its name or number, or a quantity. */
export type LabelValue = string | number | boolean;

/** The truth of one row of a prediction, as somebody told it. */
export interface Label {
  /** The prediction's id. */
  readonly id: string;
  /** Which of the prediction's rows, from 0. */
  readonly row: number;
  readonly value: LabelValue;
  /** When this became known. */
  readonly atMs: number;
}

/** Names what a label is about. A row is a number and comes first, so that no id can make two names alike. */
export const labelName = ({ id, row }: Pick<Label, 'id' | 'row'>): string => `${row}#${id}`;

/**
 * A value as text that tells `1` from `"1"`: JSON in ASCII, in which code units and UTF-8 bytes sort alike, so that every store
 * orders two texts in the same way.
 */
export const labelText = (value: LabelValue): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
