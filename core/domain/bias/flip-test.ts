import { PlatformError } from '../errors.ts';

/** Neighbours that vote, and up to how many rows of a a single one does. */
const NEIGHBOURS = 5;
const FEW_ROWS = 10;

export interface FlipTestRows {
  /** Numbers per row, all of one length; scale them before, for distance is Euclidean. */
  readonly features: readonly ArrayLike<number>[];
  readonly disadvantaged: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

/**
 * Counterfactual flip test: would rows of d have been given another outcome, were they treated as their nearest neighbours of a are?
 *
 *     FT = (F⁺ − F⁻)/n_d
 *
 * F⁺ counts rows of d with the unfavourable outcome whose neighbours in a got the favourable one, F⁻ the reverse. Five neighbours vote, or the
 * nearest one where a has at most ten rows; of equally near ones the earlier row counts.
 *
 * @returns in [−1, 1]; positive: d would have been better off in a
 * @throws `bias.facet_empty`
 *
 * Cost: O(n_d · n_a · features).
 * Source: Black, Yeom & Fredrikson, FAT* 2020 (FlipTest), approximated as AWS does:
 * docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-ft.html. Its library counts F⁺ and F⁻ the other way round; this is
 * the formula of the documentation.
 */
export function flipTest({ features, disadvantaged, predicted }: FlipTestRows): number {
  const rows = features.map((_, row) => row);
  const a = rows.filter((row) => disadvantaged[row] !== 1);
  const d = rows.filter((row) => disadvantaged[row] === 1);
  for (const [facet, members] of [
    ['advantaged', a],
    ['disadvantaged', d],
  ] as const) {
    if (members.length > 0) continue;
    throw new PlatformError('bias.facet_empty', {
      message: `no row belongs to the ${facet} facet; the flip test compares rows of one with neighbours of the other`,
      details: { facet },
    });
  }
  const neighbours = a.length > FEW_ROWS ? NEIGHBOURS : 1;
  const flips = d.map((row) => {
    const nearest = nearestOf(features[row] as ArrayLike<number>, a, { features, neighbours });
    const votes = nearest.reduce((sum, neighbour) => sum + (predicted[neighbour] as number), 0);
    return (votes * 2 > neighbours ? 1 : 0) - (predicted[row] as number);
  });
  return flips.reduce((sum, flip) => sum + flip, 0) / d.length;
}

function nearestOf(
  point: ArrayLike<number>,
  candidates: readonly number[],
  { features, neighbours }: { features: FlipTestRows['features']; neighbours: number },
): number[] {
  const nearest: { row: number; distance: number }[] = [];
  for (const row of candidates) {
    const other = features[row] as ArrayLike<number>;
    let distance = 0;
    for (let i = 0; i < point.length; i += 1) distance += ((point[i] as number) - (other[i] as number)) ** 2;
    if (nearest.length === neighbours && distance >= (nearest.at(-1) as { distance: number }).distance) continue;
    const at = nearest.findIndex((known) => distance < known.distance);
    nearest.splice(at === -1 ? nearest.length : at, 0, { row, distance });
    nearest.length = Math.min(nearest.length, neighbours);
  }
  return nearest.map(({ row }) => row);
}
