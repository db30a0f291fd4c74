/** A number that was measured on a sample, and between which bounds it lies with the stated confidence. */
export interface Estimate {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

export interface ConfidenceOptions {
  /** Share of samples whose interval holds the true value, between 0 and 1. @default 0.95 */
  readonly confidence?: number;
}

export const DEFAULT_CONFIDENCE = 0.95;
