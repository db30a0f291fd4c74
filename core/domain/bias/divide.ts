/** Clarify's convention for ratios: 0/0 is 0, x/0 is infinite with the sign of x. */
export function divide(above: number, below: number): number {
  if (below !== 0) return above / below;
  return above === 0 ? 0 : Math.sign(above) * Number.POSITIVE_INFINITY;
}

/** A difference of such ratios: two that are infinite alike do not differ. */
export const subtract = (from: number, what: number): number => (from === what ? 0 : from - what);
