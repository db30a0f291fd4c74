/** P(X ≤ x) and P(X > x), each computed for itself, so that neither loses its digits where it is small. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}
