/**
 * The number with the fewest digits that is the same float32: 0.1 instead of 0.10000000149011612.
 * Nine digits always suffice (IEEE 754).
 */
export function shortestFloat32(value: number): number {
  // Digits would lose the sign of -0.
  if (value === 0 || !Number.isFinite(value)) return value;
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
