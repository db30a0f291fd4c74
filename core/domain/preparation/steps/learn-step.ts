import { kllSketch, weightedValues } from '../../drift/profile/kll-sketch.ts';
import { PlatformError } from '../../errors.ts';
import type { BucketizeStep, EncodeStep, FittedStep, ImputeStep, ScaleStep, Step } from '../declaration.ts';
import { invalidStep } from '../preparation-errors.ts';
import { type Cell, categoryOf, isMissing, type Row } from '../row.ts';

/** Looks at training rows, then says what the step has learnt. Memory does not grow with the rows. */
export interface Learner {
  add(row: Row): void;
  finish(): FittedStep;
}

const CATEGORY_LIMIT = 100_000;

/**
 * @param at the step's place, counted from 1
 * @returns undefined for a step that has nothing to learn
 */
export function learnStep(step: Step, at: number): Learner | undefined {
  switch (step.op) {
    case 'impute':
      return step.with === 'constant' ? known({ ...step, fill: constantOf(step, at) }) : learnImpute(step, at);
    case 'scale':
      return step.by === 'log1p' ? known({ ...step, center: 0, spread: 1 }) : learnScale(step, at);
    case 'bucketize':
      return step.edges ? known({ ...step, fitted: step.edges.map(Math.fround) }) : learnBuckets(step, at);
    case 'encode':
      return step.as === 'hash' ? known({ ...step, categories: [], shares: [] }) : learnCategories(step, at);
    default:
      return undefined;
  }
}

const known = (fitted: FittedStep): Learner => ({ add: () => undefined, finish: () => fitted });

function constantOf({ value }: ImputeStep, at: number): number | string {
  if (value === undefined) throw invalidStep(at, 'impute with a constant needs a value');
  return typeof value === 'number' ? Math.fround(value) : value;
}

const nothingToLearn = (at: number, column: string) =>
  invalidStep(
    at,
    `column ${column} has no value in any training row, so nothing can be learnt from it; drop it, or give a constant`,
  );

function learnImpute(step: ImputeStep, at: number): Learner {
  const { column } = step;
  if (step.with === 'most-frequent') {
    const counts = categoryCounts(column, at);
    let isNumber = false;
    return {
      add(row) {
        const cell = row.get(column);
        if (isMissing(cell)) return;
        isNumber = typeof cell === 'number';
        counts.add(cell as Cell);
      },
      finish() {
        const [first] = counts.mostFrequent();
        if (first === undefined) throw nothingToLearn(at, column);
        return { ...step, fill: isNumber ? Number(first.category) : first.category };
      },
    };
  }
  const numbers = numberSummary(column);
  return {
    add: numbers.add,
    finish() {
      if (numbers.count() === 0) throw nothingToLearn(at, column);
      return { ...step, fill: Math.fround(step.with === 'mean' ? numbers.mean() : numbers.quantile(0.5)) };
    },
  };
}

function learnScale(step: ScaleStep, at: number): Learner {
  const numbers = numberSummary(step.column);
  return {
    add: numbers.add,
    finish() {
      if (numbers.count() === 0) throw nothingToLearn(at, step.column);
      const [center, spread] = {
        standard: () => [numbers.mean(), numbers.deviation()],
        'min-max': () => [numbers.quantile(0), numbers.quantile(1) - numbers.quantile(0)],
        robust: () => [numbers.quantile(0.5), numbers.quantile(0.75) - numbers.quantile(0.25)],
      }[step.by as 'standard']() as [number, number];
      // A constant column becomes 0 instead of 0/0.
      return { ...step, center: Math.fround(center), spread: Math.fround(spread) === 0 ? 1 : Math.fround(spread) };
    },
  };
}

function learnBuckets(step: BucketizeStep, at: number): Learner {
  const { quantiles } = step;
  if (quantiles === undefined) throw invalidStep(at, 'bucketize needs edges, or a number of quantiles');
  const numbers = numberSummary(step.column);
  return {
    add: numbers.add,
    finish() {
      if (numbers.count() === 0) throw nothingToLearn(at, step.column);
      const edges = Array.from({ length: quantiles - 1 }, (_, i) => numbers.quantile((i + 1) / quantiles));
      return { ...step, fitted: [...new Set(edges)] };
    },
  };
}

function learnCategories(step: EncodeStep, at: number): Learner {
  const counts = categoryCounts(step.column, at);
  const { minCount = 1, maxCategories = 100 } = step;
  return {
    add: (row) => counts.add(row.get(step.column) as Cell),
    finish() {
      const all = counts.mostFrequent();
      const total = all.reduce((sum, { count }) => sum + count, 0);
      const kept = all
        .filter(({ category, count }) => count >= minCount && !(step.as === 'ordinal' && category === ''))
        .slice(0, maxCategories)
        .sort((a, b) => (a.category < b.category ? -1 : 1));
      if (kept.length === 0) throw nothingToLearn(at, step.column);
      return {
        ...step,
        categories: kept.map(({ category }) => category),
        shares: kept.map(({ count }) => count / total),
      };
    },
  };
}

function categoryCounts(column: string, at: number) {
  const counts = new Map<string, number>();
  return {
    add(cell: Cell) {
      const category = categoryOf(cell);
      counts.set(category, (counts.get(category) ?? 0) + 1);
      if (counts.size > CATEGORY_LIMIT) {
        throw new PlatformError('preparation.too_many_categories', {
          message: `step ${at}: column ${column} has more than ${CATEGORY_LIMIT} different values; encode it by hash, bucketize it, or drop it`,
          details: { step: at, column, limit: CATEGORY_LIMIT },
        });
      }
    },
    /** Equal counts in the order of their texts, so that the same rows in another order give the same plan. */
    mostFrequent: () =>
      Array.from(counts, ([category, count]) => ({ category, count })).sort(
        (a, b) => b.count - a.count || (a.category < b.category ? -1 : 1),
      ),
  };
}

/** Finite values only: an infinity has no mean. */
function numberSummary(column: string) {
  const sketch = kllSketch();
  let count = 0;
  let mean = 0;
  let squares = 0;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    add(row: Row) {
      const value = row.get(column) as number;
      if (!Number.isFinite(value)) return;
      count += 1;
      // Welford: a sum of squares would lose a year's spread beside its size.
      const change = value - mean;
      mean += change / count;
      squares += change * (value - mean);
      low = Math.min(low, value);
      high = Math.max(high, value);
      sketch.add(value);
    },
    count: () => count,
    mean: () => mean,
    deviation: () => Math.sqrt(squares / count),
    /** The smallest value at or below which this share of all lies. */
    quantile(share: number) {
      if (share === 0) return low;
      if (share === 1) return high;
      const { values, weights } = weightedValues(sketch.levels());
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let below = 0;
      const at = weights.findIndex((weight) => {
        below += weight;
        return below >= total * share;
      });
      return values[at] as number;
    },
  };
}
