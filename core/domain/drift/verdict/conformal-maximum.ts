/** The place of a window among windows that were unremarkable. */
export interface ConformalMaximum {
  /** In (0, 1]: at most α with probability α where window and history are exchangeable, whatever their distribution. */
  readonly p: number;
  /** The channel of the largest z of the window. */
  readonly channel: number;
  /** z of the window by channel. */
  readonly z: readonly number[];
  /** Largest z of the history. */
  readonly largestOfHistory: number;
  /** p of a value of z: by how much of the history's maxima it is reached. Adjusted for all channels at once. */
  pOf(z: number): number;
}

/**
 * Conformal p-value of the maximum of several channels.
 *
 *     B = history ∪ {window},   z = (B − mean(B)) / max(sd(B), floor)  per channel
 *     p = (1 + #{history: max z ≥ max z of the window}) / (H + 1)
 *
 * The window takes part in mean and sd, so that it is treated as every other member of B and the rank of its maximum is uniform under
 * exchangeability; left out of them, a nominal 0.5 % is 0.9 % in fact. Correlated channels need no correction: the maximum is that of
 * vectors that were seen.
 *
 * @param history channels of H windows, `[H][channels]`
 * @param window channels of the window, the larger the more unusual
 * @param options.floors standard deviation (ddof 0) that is assumed at least, by channel; z is 0 where both are 0
 * @param options.twoSided by channel: an unusually small value counts as much, as if −x were one more channel
 * @returns p, the channel of the largest z and what else p can be asked of
 *
 * Cost: O(H · channels).
 * Source: Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World (2005), ch. 2; the maximum as Westfall & Young,
 * Resampling-Based Multiple Testing (1993).
 */
export function conformalMaximum(
  history: readonly (readonly number[])[],
  window: readonly number[],
  { floors, twoSided }: { readonly floors: readonly number[]; readonly twoSided: readonly boolean[] },
): ConformalMaximum {
  const all = [...history, window];
  const maxima = new Float64Array(all.length).fill(Number.NEGATIVE_INFINITY);
  const z: number[] = [];
  let channel = 0;
  for (let c = 0; c < window.length; c += 1) {
    let sum = 0;
    for (const member of all) sum += member[c] as number;
    const mean = sum / all.length;
    let squares = 0;
    for (const member of all) squares += ((member[c] as number) - mean) ** 2;
    const scale = Math.max(Math.sqrt(squares / all.length), floors[c] as number);
    for (let i = 0; i < all.length; i += 1) {
      const deviation = ((all[i] as readonly number[])[c] as number) - mean;
      const value = scale === 0 ? 0 : (twoSided[c] ? Math.abs(deviation) : deviation) / scale;
      if (i === all.length - 1) {
        z.push(value);
        if (value > (maxima[i] as number)) channel = c;
      }
      if (value > (maxima[i] as number)) maxima[i] = value;
    }
  }
  const ofHistory = maxima.subarray(0, history.length).sort();
  const pOf = (value: number): number => (1 + history.length - firstAtLeast(ofHistory, value)) / (history.length + 1);
  return {
    p: pOf(maxima[history.length] as number),
    channel,
    z,
    largestOfHistory: ofHistory.at(-1) ?? 0,
    pOf,
  };
}

/** Index of the first element ≥ value of an ascending array; its length where there is none. */
function firstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
