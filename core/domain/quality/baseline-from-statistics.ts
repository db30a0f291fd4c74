import type { Baseline } from '../drift/profile/baseline.ts';
import { padEdges, searchEdges } from '../drift/profile/edge-search.ts';
import { sketchedEdges, type WeightedValues, weightedValues } from '../drift/profile/kll-sketch.ts';
import type { CategoryCounts, ColumnCounts, ColumnPlan, NumericCounts } from '../drift/profile/profile.ts';
import type {
  FeatureStatistics,
  NumericalStatistics,
  StatisticsDocument,
  StringStatistics,
} from './statistics-document.ts';

const BINS = 32;

/**
 * A baseline from Model Monitor's `statistics.json`: bins at the quantiles of its sketches, their counts as the sketches have them (off by
 * 0.2 % of the rows). No correlations and no history are in that file, and a feature without statistics cannot be counted.
 */
export function baselineFromStatistics({ dataset, features }: StatisticsDocument): Baseline {
  const columns = features.flatMap((feature) => {
    const column = columnOf(feature);
    return column ? [column] : [];
  });
  return {
    plan: { columns: columns.map(({ plan }) => plan), correlated: [] },
    reference: { rows: dataset.item_count, columns: columns.map(({ counts }) => counts), crossMoments: [] },
    history: null,
  };
}

type Column = { readonly plan: ColumnPlan; readonly counts: ColumnCounts };

function columnOf({
  name,
  numerical_statistics: numbers,
  string_statistics: texts,
}: FeatureStatistics): Column | undefined {
  if (numbers) {
    const weighted = weightedValues(numbers.distribution.kll.sketch.data);
    const edges = sketchedEdges(weighted, BINS);
    return { plan: { name, kind: 'numeric', role: 'feature', edges }, counts: numericCounts(numbers, weighted, edges) };
  }
  if (!texts) return undefined;
  const categories = texts.distribution.categorical.buckets
    .toSorted((a, b) => b.count - a.count)
    .map(({ value }) => value);
  return { plan: { name, kind: 'category', role: 'feature', categories }, counts: categoryCounts(texts, categories) };
}

function numericCounts(
  { common, sum, mean, std_dev, min, max }: NumericalStatistics,
  { values, weights }: WeightedValues,
  edges: readonly number[],
): NumericCounts {
  const padded = padEdges(edges);
  const bins = new Array<number>(edges.length + 1).fill(0);
  for (const [i, value] of values.entries()) {
    const bin = searchEdges(padded, value);
    bins[bin] = (bins[bin] as number) + (weights[i] as number);
  }
  return {
    kind: 'numeric',
    missing: common.num_missing,
    infinite: 0,
    bins,
    sum,
    sumSquares: common.num_present * (std_dev ** 2 + mean ** 2),
    min,
    max,
  };
}

function categoryCounts({ common, distribution }: StringStatistics, categories: readonly string[]): CategoryCounts {
  const byValue = new Map(distribution.categorical.buckets.map(({ value, count }) => [value, count]));
  const counts = categories.map((value) => byValue.get(value) ?? 0);
  const listed = counts.reduce((sum, count) => sum + count, 0);
  return { kind: 'category', missing: common.num_missing, counts, unseen: Math.max(0, common.num_present - listed) };
}
