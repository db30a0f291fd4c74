import { PlatformError } from '../errors.ts';
import { type Confusion, confusionOf } from '../performance/confusion.ts';

/** What bias is measured on, column by column. */
export interface BiasRows {
  /** 1 where a row belongs to the facet that is thought to be at a disadvantage (d), 0 for all others (a). */
  readonly disadvantaged: ArrayLike<number>;
  /** 1 where the truth is the favourable outcome. */
  readonly labels: ArrayLike<number>;
  /** 1 where the model gives the favourable outcome. */
  readonly predicted: ArrayLike<number>;
  /** Strata within which demographic disparity is measured, such as a department. @default - one for all rows */
  readonly groups?: ArrayLike<string | number> | undefined;
}

/** Both facets by true and predicted outcome: all that most metrics need. */
export interface FacetCounts {
  readonly a: Confusion;
  readonly d: Confusion;
}

/**
 * @throws `bias.facet_empty` where a facet has no row
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`
 */
export function facetCounts(rows: BiasRows, weights: ArrayLike<number>): FacetCounts {
  const { disadvantaged, labels, predicted } = rows;
  const of = (facet: 0 | 1): Confusion =>
    confusionOf(labels, predicted, {
      weights: Float64Array.from({ length: labels.length }, (_, row) =>
        disadvantaged[row] === facet ? (weights[row] as number) : 0,
      ),
    });
  return { a: of(0), d: of(1) };
}

export const total = ({ truePositive, falsePositive, falseNegative, trueNegative }: Confusion): number =>
  truePositive + falsePositive + falseNegative + trueNegative;

/** Rows whose label is favourable. */
export const favourable = ({ truePositive, falseNegative }: Confusion): number => truePositive + falseNegative;

/** Rows whose prediction is favourable. */
export const predictedFavourable = ({ truePositive, falsePositive }: Confusion): number => truePositive + falsePositive;

/** @throws `bias.facet_empty` */
export function checkFacets({ a, d }: FacetCounts): void {
  for (const [facet, cells] of [
    ['advantaged', a],
    ['disadvantaged', d],
  ] as const) {
    if (total(cells) > 0) continue;
    throw new PlatformError('bias.facet_empty', {
      message: `no row belongs to the ${facet} facet; bias is a comparison of two, so both need rows`,
      details: { facet },
    });
  }
}
