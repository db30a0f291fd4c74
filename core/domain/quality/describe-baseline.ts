import { KLL_C, KLL_K, type WeightedValues, weightedValues } from '../drift/profile/kll-sketch.ts';
import type { ColumnSummary, PlannedRows } from '../drift/profile/plan-rows.ts';
import type { CategorySummary } from '../drift/profile/summarise-categories.ts';
import type { NumberSummary } from '../drift/profile/summarise-numbers.ts';
import type { FeatureStatistics, NumericalStatistics, StatisticsDocument } from './statistics-document.ts';

/** Not configurable in Model Monitor either. */
const BUCKETS = 10;

/**
 * A baseline as Model Monitor's `statistics.json` says it.
 *
 * A column without any value is `Unknown`, without statistics, as is one of infinities only: JSON has no number for its mean.
 */
export const describeBaseline = ({ plan, rows, summaries }: PlannedRows): StatisticsDocument => ({
  version: 0,
  dataset: { item_count: rows },
  features: plan.columns.map(({ name }, place) => featureOf(name, summaries[place] as ColumnSummary)),
});

function featureOf(name: string, summary: ColumnSummary): FeatureStatistics {
  if (summary.kind === 'category') return summary.present === 0 ? unknown(name) : texts(name, summary);
  return summary.finite === 0 ? unknown(name) : numbers(name, summary);
}

const unknown = (name: string): FeatureStatistics => ({ name, inferred_type: 'Unknown' });

const texts = (name: string, { missing, present, distinct, categories }: CategorySummary): FeatureStatistics => ({
  name,
  inferred_type: 'String',
  string_statistics: {
    common: { num_present: present, num_missing: missing },
    distinct_count: distinct,
    distribution: { categorical: { buckets: categories } },
  },
});

const numbers = (name: string, summary: NumberSummary): FeatureStatistics => {
  const { missing, infinite, finite, fractions, mean, sum, standardDeviation, min, max, levels } = summary;
  return {
    name,
    inferred_type: fractions === 0 ? 'Integral' : 'Fractional',
    numerical_statistics: {
      common: { num_present: finite + infinite, num_missing: missing },
      mean,
      sum: bounded(sum),
      std_dev: bounded(standardDeviation),
      min,
      max,
      distribution: {
        kll: {
          buckets: bucketsOf(weightedValues(levels), min, max),
          sketch: { parameters: { c: KLL_C, k: KLL_K }, data: levels },
        },
      },
    },
  };
};

/** Sums of the largest numbers overflow, and the file has no infinity. */
const bounded = (value: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));

type Bucket = NumericalStatistics['distribution']['kll']['buckets'][number];

/** Ten of equal width; the last holds the largest value, too. */
function bucketsOf({ values, weights }: WeightedValues, min: number, max: number): Bucket[] {
  // Not by the width, which overflows between the largest numbers.
  const bound = (i: number): number => min * ((BUCKETS - i) / BUCKETS) + max * (i / BUCKETS);
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const [i, value] of values.entries()) {
    let bucket = BUCKETS - 1;
    while (bucket > 0 && value < bound(bucket)) bucket -= 1;
    counts[bucket] = (counts[bucket] as number) + (weights[i] as number);
  }
  return counts.map((count, i) => ({ lower_bound: bound(i), upper_bound: bound(i + 1), count }));
}
