export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

export interface IntervalOptions {
  /** One less the confidence, in (0, 1). @default 0.05 */
  readonly alpha?: number;
}
