import type { ColumnCounts, ColumnPlan, Profile, ProfilePlan } from '../../core/domain/drift/profile/profile.ts';
import { CATEGORY_LIMITS, CATEGORY_SIZES, FLAGGED_ABOVE, NUMBERS, SCORE } from './population.ts';
import { generateRows, type Row, type Traffic, type WindowOfRows } from './traffic.ts';

/** Cells of equal share of the reference in which numbers are counted: fine enough for the KS distance of rows. */
export const FINE = 1024;
const PER_BIN = 32;
const BINS = FINE / PER_BIN;
const GRID = 8192;
const GRID_FROM = -8;
const GRID_PER_UNIT = GRID / 16;

/** Numeric columns, in order of the plan: the features that are numbers, then the score. */
const NUMERIC = [...Array.from({ length: NUMBERS }, (_, i) => i), SCORE];

/** Counts of a window as fine as any rule here needs them. */
export interface FineCounts {
  readonly rows: number;
  /** By numeric column: counts by fine cell. */
  readonly numbers: readonly Uint32Array[];
  readonly numbersMissing: Uint32Array;
  /** By column of categories: counts, with unseen as one more. */
  readonly categories: readonly Uint32Array[];
  readonly categoriesMissing: Uint32Array;
  readonly flagged: number;
  readonly crossMoments: Float64Array;
}

export interface Counter {
  readonly plan: ProfilePlan;
  /** By numeric column: limits of the fine cells. */
  readonly cells: readonly Float64Array[];
  count(window: WindowOfRows): FineCounts;
  countRows(rows: number, each: (add: (row: Row) => void) => void): FineCounts;
}

const increment = (counts: Uint32Array, at: number): void => {
  counts[at] = (counts[at] as number) + 1;
};

/** Where a value lies among ascending limits, by a table that leaves a comparison or two. */
function locator(limits: ArrayLike<number>): (value: number) => number {
  const start = new Uint16Array(GRID + 1);
  let index = 0;
  for (let cell = 0; cell <= GRID; cell += 1) {
    while (index < limits.length && (limits[index] as number) <= GRID_FROM + cell / GRID_PER_UNIT) index += 1;
    start[cell] = index;
  }
  return (value) => {
    const cell = Math.max(0, Math.min(GRID, Math.floor((value - GRID_FROM) * GRID_PER_UNIT)));
    let at = cell === 0 ? 0 : (start[cell] as number);
    while (at < limits.length && value >= (limits[at] as number)) at += 1;
    return at;
  };
}

/** Decides from a reference how its traffic is counted. */
export function createCounter(traffic: Traffic, reference: WindowOfRows): Counter {
  const values = NUMERIC.map(() => new Float64Array(reference.rows));
  const sizes = new Uint32Array(NUMERIC.length);
  generateRows(traffic, reference, (row) => {
    for (let c = 0; c < NUMERIC.length; c += 1) {
      const value = row[NUMERIC[c] as number] as number;
      if (Number.isNaN(value)) continue;
      (values[c] as Float64Array)[sizes[c] as number] = value;
      increment(sizes, c);
    }
  });
  const cells = values.map((column, c) => {
    const sorted = column.subarray(0, sizes[c]).sort();
    return Float64Array.from(
      { length: FINE - 1 },
      (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / FINE)] as number,
    );
  });
  const findCell = cells.map(locator);
  const findCategory = CATEGORY_LIMITS.map(locator);
  const countRows: Counter['countRows'] = (rows, each) => {
    const numbers = NUMERIC.map(() => new Uint32Array(FINE));
    const categories = CATEGORY_SIZES.map((size) => new Uint32Array(size + 1));
    const numbersMissing = new Uint32Array(NUMERIC.length);
    const categoriesMissing = new Uint32Array(CATEGORY_SIZES.length);
    const crossMoments = new Float64Array((NUMERIC.length * (NUMERIC.length + 1)) / 2);
    const ranks = new Float64Array(NUMERIC.length);
    let flagged = 0;
    each((row) => {
      for (let c = 0; c < NUMERIC.length; c += 1) {
        const value = row[NUMERIC[c] as number] as number;
        if (Number.isNaN(value)) {
          increment(numbersMissing, c);
          ranks[c] = 0;
          continue;
        }
        const cell = (findCell[c] as (value: number) => number)(value);
        increment(numbers[c] as Uint32Array, cell);
        // Bins hold equal shares of the reference, so that their mid-ranks are known beforehand.
        ranks[c] = ((cell >>> 5) + 0.5) / BINS - 0.5;
      }
      let k = 0;
      for (let i = 0; i < ranks.length; i += 1) {
        const rank = ranks[i] as number;
        for (let j = i; j < ranks.length; j += 1)
          crossMoments[k] = (crossMoments[k++] as number) + rank * (ranks[j] as number);
      }
      for (let c = 0; c < CATEGORY_SIZES.length; c += 1) {
        const value = row[NUMBERS + c] as number;
        if (Number.isNaN(value)) increment(categoriesMissing, c);
        else {
          const unseen = value === Number.POSITIVE_INFINITY;
          const category = unseen
            ? (CATEGORY_SIZES[c] as number)
            : (findCategory[c] as (value: number) => number)(value);
          increment(categories[c] as Uint32Array, category);
        }
      }
      if ((row[SCORE] as number) > FLAGGED_ABOVE) flagged += 1;
    });
    return { rows, numbers, numbersMissing, categories, categoriesMissing, flagged, crossMoments };
  };
  return {
    plan: planOf(cells),
    cells,
    countRows,
    count: (window) => countRows(window.rows, (add) => generateRows(traffic, window, add)),
  };
}

function planOf(cells: readonly Float64Array[]): ProfilePlan {
  const number = (c: number, name: string): ColumnPlan => ({
    name,
    kind: 'numeric',
    role: c === NUMBERS ? 'prediction' : 'feature',
    edges: Array.from({ length: BINS - 1 }, (_, i) => (cells[c] as Float64Array)[(i + 1) * PER_BIN - 1] as number),
  });
  const category = (name: string, size: number, role: 'feature' | 'prediction'): ColumnPlan => ({
    name,
    kind: 'category',
    role,
    categories: Array.from({ length: size }, (_, i) => `${name}-${i}`),
  });
  const columns = [
    ...NUMERIC.map((_, c) => number(c, c === NUMBERS ? 'score' : `x${c + 1}`)),
    ...CATEGORY_SIZES.map((size, c) => category(`c${c + 1}`, size, 'feature')),
    category('flagged', 2, 'prediction'),
  ];
  return { columns, correlated: columns.filter(({ kind }) => kind === 'numeric').map(({ name }) => name) };
}

/** The counts as a monitor keeps them: 32 bins a number. */
export function profileOf(counts: FineCounts): Profile {
  const numeric = counts.numbers.map((fine, c): ColumnCounts => {
    const bins = new Array<number>(BINS).fill(0);
    for (let cell = 0; cell < FINE; cell += 1) bins[cell >>> 5] = (bins[cell >>> 5] as number) + (fine[cell] as number);
    // Sums and limits play no part in verdicts.
    return {
      kind: 'numeric',
      missing: counts.numbersMissing[c] as number,
      infinite: 0,
      bins,
      sum: 0,
      sumSquares: 0,
      min: 0,
      max: 0,
    };
  });
  const categories = counts.categories.map(
    (all, c): ColumnCounts => ({
      kind: 'category',
      missing: counts.categoriesMissing[c] as number,
      counts: Array.from(all.subarray(0, -1)),
      unseen: all.at(-1) as number,
    }),
  );
  const flagged: ColumnCounts = {
    kind: 'category',
    missing: 0,
    counts: [counts.rows - counts.flagged, counts.flagged],
    unseen: 0,
  };
  return {
    rows: counts.rows,
    columns: [...numeric, ...categories, flagged],
    crossMoments: Array.from(counts.crossMoments),
  };
}
