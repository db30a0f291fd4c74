import type { Label } from '../domain/labels/label.ts';

/** A prediction as labels need to know it. */
export interface KnownPrediction {
  readonly id: string;
  readonly atMs: number;
}

/** What inference functions write: one small item for each delivery of captures, not one for each prediction. */
export interface RecentPredictions {
  /** Makes predictions known for the minutes until their captures are taken in. */
  tell(service: string, predictions: readonly KnownPrediction[]): Promise<void>;
}

/** What writes where captures are taken in. */
export interface PredictionIndex {
  /** Remembers that predictions were captured, for as long as labels are welcome. Repeating it changes nothing. */
  add(service: string, predictions: readonly KnownPrediction[]): Promise<void>;
}

/** What the control API reads and writes. */
export interface LabelStore {
  /** Those of the ids that were captured, with the time of the prediction; of what was told lately, the time it was told. */
  findPredictions(service: string, ids: readonly string[], times: { now: number }): Promise<Map<string, number>>;
  /**
   * Keeps each label unless a newer one of its row is kept (see `supersedes`); racing calls end with the newest.
   *
   * @param labels each of another row
   * @returns what was kept before, in the order of `labels`
   */
  keep(service: string, labels: readonly Label[], times: { now: number }): Promise<(Label | undefined)[]>;
  /** Says that labels of predictions of these hours have come. To be called once they are kept. */
  markHours(service: string, hours: ReadonlyMap<string, LabelledHour>, times: { now: number }): Promise<void>;
}

/** How many labels of an hour's predictions came. */
export interface LabelledHour {
  readonly labels: number;
  readonly corrections: number;
}

/** What evaluates windows. */
export interface LabelReader {
  /** The labels of these rows, in no order. */
  find(service: string, rows: readonly Pick<Label, 'id' | 'row'>[]): Promise<Label[]>;
  /**
   * The hours, as `hourOf` names them, whose predictions have labels, in order.
   *
   * @param hours.from inclusive
   * @param hours.to exclusive
   */
  labelledHours(service: string, hours: { from: string; to: string }): Promise<ChangedHour[]>;
}

export interface ChangedHour extends LabelledHour {
  readonly hour: string;
  /** When the last labels came: a window evaluated before that is worth another look. */
  readonly changedAtMs: number;
}
