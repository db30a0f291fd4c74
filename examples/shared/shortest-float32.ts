/**
 * The number with the fewest digits that is the same float32: 0.1 instead of 0.10000000149011612.
 * Nine digits always suffice (IEEE 754).
 */
export function shortestFloat32(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}
