import { PlatformError } from '../../errors.ts';
import { checkNumbers } from './check-numbers.ts';

/**
 * How well the current attributions rank the features by what they were worth in training (normalised discounted cumulative gain).
 *
 *     nDCG = DCG / iDCG with DCG = Σᵢ a(fᵢ)/log₂(i + 1)
 *
 * a(f) is the attribution in training; f₁, f₂, … the features by current attribution for DCG and by attribution in training for iDCG. AWS
 * alarms below 0.90.
 *
 * @param reference attribution of each feature in training, ≥ 0 (mean |SHAP|, say), shape `[features]`
 * @param current attribution of each feature now, ≥ 0, same order
 * @returns in (0, 1]; 1 where the order is kept, or where nothing had any attribution; features that are equal now keep their order
 * @throws `drift.bins_mismatch` when the shapes differ, `drift.sample_invalid`
 *
 * Cost: O(features log features).
 * Source: AWS's SageMaker documentation, "Feature attribution drift for models in production"; Järvelin & Kekäläinen, ACM TOIS 20 (2002)
 *   422–446.
 */
export function attributionNdcg(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  checkNumbers('reference', reference, 'not negative');
  checkNumbers('current', current, 'not negative');
  if (reference.length !== current.length) {
    throw new PlatformError('drift.bins_mismatch', {
      message: `${reference.length} features had attributions in training and ${current.length} have now; give the same features in one order`,
      details: { reference: reference.length, current: current.length },
    });
  }
  const ideal = gain(reference, reference);
  return ideal === 0 ? 1 : gain(reference, current) / ideal;
}

function gain(worth: ArrayLike<number>, ranking: ArrayLike<number>): number {
  const order = Array.from(ranking, (_, feature) => feature).sort(
    (a, b) => (ranking[b] as number) - (ranking[a] as number),
  );
  return order.reduce((sum, feature, place) => sum + (worth[feature] as number) / Math.log2(place + 2), 0);
}
