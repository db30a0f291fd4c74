/**
 * The point of [from, to] where a monotone condition stops holding, by halving until no double lies between.
 *
 * @param holds true below the point and false above it
 * @returns the largest double found at which it holds, or `from`
 *
 * Cost: at most about 1,100 evaluations (the point is 1e-300), 60 to 100 in practice.
 */
export function bisect(holds: (x: number) => boolean, from: number, to: number): number {
  let below = from;
  let above = to;
  for (;;) {
    const middle = below + (above - below) / 2;
    // Written so that NaN, which lies between nothing, ends it too.
    if (!(below < middle && middle < above)) return below;
    if (holds(middle)) below = middle;
    else above = middle;
  }
}
