import { divide } from './divide.ts';

/** How often each label occurs in each facet, in one order of labels. */
export interface LabelDistributions {
  readonly a: readonly number[];
  readonly d: readonly number[];
}

const sharesOf = (counts: readonly number[]): number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => divide(count, total));
};

const kullbackLeibler = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, share, i) => sum + (share === 0 ? 0 : share * Math.log(divide(share, q[i] as number))), 0);

/**
 * Clarify's distances between the label distributions P_a and P_d of the facets, for any number of labels.
 *
 *     KL = Σ P_a ln(P_a/P_d)     JS = ½ [KL(P_a, P) + KL(P_d, P)], P = ½ (P_a + P_d)
 *     LP = √Σ (P_a − P_d)²       TVD = ½ Σ |P_a − P_d|       KS = max |P_a − P_d|
 *
 * @returns in nats for KL and JS; KL is infinite where d lacks a label that a has (the open-source library leaves such labels out instead)
 *
 * Source: AWS, "Pre-training Bias Metrics", docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html.
 */
export function labelDistances({ a, d }: LabelDistributions): Record<'KL' | 'JS' | 'LP' | 'TVD' | 'KS', number> {
  const [shareA, shareD] = [sharesOf(a), sharesOf(d)];
  const middle = shareA.map((share, i) => (share + (shareD[i] as number)) / 2);
  const gaps = shareA.map((share, i) => Math.abs(share - (shareD[i] as number)));
  return {
    KL: kullbackLeibler(shareA, shareD),
    JS: (kullbackLeibler(shareA, middle) + kullbackLeibler(shareD, middle)) / 2,
    LP: Math.hypot(...gaps),
    TVD: gaps.reduce((sum, gap) => sum + gap, 0) / 2,
    KS: Math.max(...gaps),
  };
}
