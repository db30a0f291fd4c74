/** Values by the beginning of their period, oldest first; a period without a value is absent. */
export type Series = ReadonlyMap<number, number>;

/** What an expression yields: a number, one series, or several. */
export type MathValue = number | Series | readonly Series[] | Band;

/** What ANOMALY_DETECTION_BAND yields. */
export interface Band {
  readonly lower: Series;
  readonly upper: Series;
}

export const isSeries = (value: MathValue): value is Series => value instanceof Map;
export const isBand = (value: MathValue): value is Band => typeof value === 'object' && 'lower' in value;

export const mapSeries = (series: Series, change: (value: number, atMs: number) => number): Series =>
  finite([...series].map(([atMs, value]) => [atMs, change(value, atMs)]));

/** Division by zero and the like leave no value, as CloudWatch draws none. */
export const finite = (entries: readonly (readonly [number, number])[]): Series =>
  new Map(entries.filter(([, value]) => Number.isFinite(value)));
