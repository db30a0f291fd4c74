import { createRandom, type Random } from '../../core/domain/training/random.ts';
import { normalDraws, normalQuantile } from './normal.ts';
import {
  FRAUD_FEATURES,
  FRAUD_RATE,
  FRAUD_SCORE,
  LATENTS,
  LOADINGS,
  MISSING,
  SCORE,
  SEASONAL_FEATURES,
} from './population.ts';

/** One row: a standard normal latent per feature and for the score; NaN is a missing value, Infinity an unseen category. */
export type Row = Float64Array;

/** What is wrong with a row, applied to its latents. */
export type Shift = (row: Row, random: Random) => void;

export interface Traffic {
  /** Rows of one customer come in bursts of this many, alike by an intra-class correlation of 0.8. */
  readonly burst: 1 | 5;
  /** Amplitude of the seasonal features over the day, in standard deviations. */
  readonly seasonal: number;
}

export interface WindowOfRows {
  readonly rows: number;
  readonly seed: number;
  /** Hour of day; undefined spreads the rows over the day. */
  readonly hour?: number;
  readonly fraudRate?: number;
  /** False takes the common factor away and leaves every column as it was. */
  readonly correlated?: boolean;
  readonly shift?: Shift;
}

const ICC = 0.8;
const BETWEEN = Math.sqrt(ICC);
const WITHIN = Math.sqrt(1 - ICC);
const MISSING_COLUMNS = [...MISSING].map(([column, rate]) => ({ column, below: normalQuantile(rate) }));
const UNIQUE = LOADINGS.map((loading) => Math.sqrt(1 - loading * loading));

/** Calls `each` with every row of a window; the row is reused. */
export function generateRows(traffic: Traffic, window: WindowOfRows, each: (row: Row) => void): void {
  const random = createRandom(window.seed);
  const normal = normalDraws(random);
  const { fraudRate = FRAUD_RATE, correlated = true } = window;
  const fraudBelow = normalQuantile(fraudRate);
  // One more latent for each column that has missing values, and one for whether the row is fraud.
  const size = LATENTS + MISSING_COLUMNS.length + 1;
  const customer = new Float64Array(size);
  const own = new Float64Array(size);
  const row = new Float64Array(LATENTS);
  const draw = (into: Float64Array): void => {
    const factor = normal();
    for (let i = 0; i < LATENTS; i += 1) {
      into[i] = correlated ? (LOADINGS[i] as number) * factor + (UNIQUE[i] as number) * normal() : normal();
    }
    for (let i = LATENTS; i < size; i += 1) into[i] = normal();
  };
  const season = seasons(traffic.seasonal);
  for (let r = 0; r < window.rows; r += 1) {
    draw(own);
    if (traffic.burst > 1) {
      if (r % traffic.burst === 0) draw(customer);
      for (let i = 0; i < size; i += 1) own[i] = BETWEEN * (customer[i] as number) + WITHIN * (own[i] as number);
    }
    row.set(own.subarray(0, LATENTS));
    if ((own[size - 1] as number) < fraudBelow) {
      row[SCORE] = FRAUD_SCORE.mean + FRAUD_SCORE.sd * (row[SCORE] as number);
      for (const feature of FRAUD_FEATURES) row[feature] = (row[feature] as number) + 1;
    }
    if (traffic.seasonal > 0) {
      const level = season[window.hour ?? random.below(24)] as number;
      for (const feature of SEASONAL_FEATURES) row[feature] = (row[feature] as number) + level;
    }
    window.shift?.(row, random);
    for (let m = 0; m < MISSING_COLUMNS.length; m += 1) {
      const { column, below } = MISSING_COLUMNS[m] as (typeof MISSING_COLUMNS)[number];
      if ((own[LATENTS + m] as number) < below) row[column] = Number.NaN;
    }
    each(row);
  }
}

const seasons = (amplitude: number): readonly number[] =>
  Array.from({ length: 24 }, (_, hour) => amplitude * Math.sin((2 * Math.PI * hour) / 24));
