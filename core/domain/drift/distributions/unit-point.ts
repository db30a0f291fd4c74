/** A point of [0, 1] given by both distances, since 1 − x loses the digits of a small one. */
export interface UnitPoint {
  readonly x: number;
  /** 1 − x */
  readonly y: number;
}
