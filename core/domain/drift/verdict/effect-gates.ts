/** How large a change must be, besides being unusual, before it is worth an alarm: with enough rows everything is unusual. */
export interface EffectGates {
  readonly ks: number;
  readonly location: number;
  readonly spread: number;
  readonly totalVariation: number;
  readonly rateRatio: number;
  /** Expected share below which a category is rare, so that its ratio counts. */
  readonly rareShare: number;
  readonly missing: number;
  readonly unseen: number;
  readonly correlation: number;
}

export const EFFECT_GATES: EffectGates = {
  ks: 0.1,
  location: 0.05,
  spread: 0.05,
  totalVariation: 0.05,
  rateRatio: 1.5,
  rareShare: 0.05,
  missing: 0.02,
  unseen: 0.01,
  correlation: 0.1,
};

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

const MEANINGS: Readonly<Record<keyof EffectGates, (gate: number) => string>> = {
  ks: (gate) =>
    `at some value of a number, the share of rows below it has changed by ${percent(gate)} of all rows or more`,
  location: (gate) => `a number ranks on average ${percent(gate)} of all rows higher or lower than expected`,
  spread: (gate) =>
    `the average distance of a number from its median, in ranks of 0 to 1, has changed by ${gate} or more`,
  totalVariation: (gate) => `${percent(gate)} of all rows or more have moved to another category`,
  rateRatio: (gate) =>
    `the rate of a rare category is ${gate} times what is expected or more, or is divided by as much`,
  rareShare: (gate) => `a category is rare below ${percent(gate)}`,
  missing: (gate) => `the share of rows without a value has changed by ${percent(gate)} of all rows or more`,
  unseen: (gate) =>
    `${percent(gate)} of all rows or more have a category that training did not know, or an infinite number`,
  correlation: (gate) => `the rank correlation of two numbers has changed by ${gate} or more`,
};

/** What each gate asks for, in words. */
export const describeGates = (
  gates: EffectGates,
): readonly { readonly gate: keyof EffectGates; readonly value: number; readonly meaning: string }[] =>
  (Object.keys(MEANINGS) as (keyof EffectGates)[]).map((gate) => ({
    gate,
    value: gates[gate],
    meaning: MEANINGS[gate](gates[gate]),
  }));

/**
 * Rows that a window needs before a change as large as the KS gate stands out from noise.
 *
 *     n = ⌈(2.1 / gate)²⌉
 *
 * 2.1/√n is what the largest of some thirty KS distances of n unchanged independent rows exceeds once in two hundred windows:
 * 2·exp(−2 · 2.1²) · 30 ≈ 0.009, of the union bound, which is twice too large at most.
 */
export const rowsForGates = ({ ks }: EffectGates): number => Math.ceil((2.1 / ks) ** 2);
