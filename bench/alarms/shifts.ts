import { normalQuantile } from './normal.ts';
import { categoryShare, NUMBERS, SCORE } from './population.ts';
import type { Row, WindowOfRows } from './traffic.ts';

/** A change of traffic whose detection is measured: what it changes of a window of unchanged independent rows. */
export interface PowerShift {
  readonly shift: string;
  /** Power that has to be reached at 1,000 rows; none where it is only printed. */
  readonly target?: number;
  readonly change: Pick<WindowOfRows, 'shift' | 'fraudRate' | 'correlated'>;
}

const on = (column: number, move: (value: number) => number) => (row: Row) => {
  row[column] = move(row[column] as number);
};
const add = (row: Row, column: number, by: number): void => {
  row[column] = (row[column] as number) + by;
};

/** The score is logistic(−3 + 1.2 z): a latent whose score is half as large again, at most 0.9999. */
const halfAsMuchAgain = (latent: number): number => {
  const score = Math.min(0.9999, 1.5 / (1 + Math.exp(3 - 1.2 * latent)));
  return (Math.log(score / (1 - score)) + 3) / 1.2;
};

/** The column of eight categories. */
const EIGHT = NUMBERS + 2;
const FIRST_LIMIT = normalQuantile(categoryShare(8, 0));
/** A latent within the fourth category's interval. */
const FOURTH = normalQuantile(
  categoryShare(8, 0) + categoryShare(8, 1) + categoryShare(8, 2) + categoryShare(8, 3) / 2,
);

export const SHIFTS: readonly PowerShift[] = [
  { shift: 'one feature + 0.5 sd', target: 0.95, change: { shift: on(5, (value) => value + 0.5) } },
  { shift: 'score mean x 1.5', target: 0.95, change: { shift: on(SCORE, halfAsMuchAgain) } },
  {
    shift: '+ 3 points missing',
    target: 0.95,
    // 3.5 % where 0.5 % are missing without the change, which is a latent of its own.
    change: {
      shift: (row, random) => {
        if (random.uniform() < 0.03 / 0.995) row[0] = Number.NaN;
      },
    },
  },
  {
    shift: '2 % unseen category',
    target: 0.95,
    change: {
      shift: (row, random) => {
        if (random.uniform() < 0.02) row[EIGHT] = Number.POSITIVE_INFINITY;
      },
    },
  },
  { shift: 'unit bug x 100', target: 0.95, change: { shift: on(6, (value) => value * 100) } },
  {
    shift: 'category mix, total variation 0.10',
    target: 0.95,
    change: {
      shift: (row, random) => {
        const first = (row[EIGHT] as number) < FIRST_LIMIT;
        if (first && random.uniform() < 0.1 / categoryShare(8, 0)) row[EIGHT] = FOURTH;
      },
    },
  },
  {
    shift: '30 % missing',
    target: 0.95,
    change: {
      shift: (row, random) => {
        if (random.uniform() < 0.3) row[7] = Number.NaN;
      },
    },
  },
  { shift: 'fraud rate 1 % to 4 %', change: { fraudRate: 0.04 } },
  {
    shift: '10 features + 0.2 sd',
    change: {
      shift: (row) => {
        for (let feature = 0; feature < 10; feature += 1) add(row, feature, 0.2);
      },
    },
  },
  { shift: 'all correlations gone', change: { correlated: false } },
  { shift: 'variance x 1.5', change: { shift: on(5, (value) => value * Math.sqrt(1.5)) } },
];
