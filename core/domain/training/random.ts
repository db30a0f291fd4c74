/** A stream of pseudo-random numbers. The same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform integer in [0, 2³²). */
  uint32(): number;
  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /** Uniform integer in [0, bound), without modulo bias; `bound` an integer in [1, 2³²]. */
  below(bound: number): number;
}

export type RandomState = readonly [number, number, number, number];

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/**
 * The generator xoshiro128** from a given state.
 *
 * State of 128 bits, period 2¹²⁸ − 1; for simulation and sampling, not for secrets.
 *
 * @param state four 32-bit words, not all zero
 *
 * Source: Blackman & Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47 (2021).
 */
export function xoshiro128(state: RandomState): Random {
  let [a, b, c, d] = state;
  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
  const uniform = (): number => ((uint32() >>> 5) * 0x4000000 + (uint32() >>> 6)) / 0x20000000000000;
  const below = (bound: number): number => {
    // Values under 2³² mod bound would make the small results likelier.
    const rejected = 0x100000000 % bound;
    for (;;) {
      const value = uint32();
      if (value >= rejected) return value % bound;
    }
  };
  return { uint32, uniform, below };
}

/**
 * The stream of a seed: xoshiro128** whose state is filled by SplitMix32 (a Weyl sequence through MurmurHash3's
 * finaliser), so that neighbouring seeds give unrelated streams.
 *
 * @param seed a safe integer ≥ 0; all 53 bits count
 */
export function createRandom(seed: number): Random {
  let weyl = (seed >>> 0) ^ Math.imul(Math.floor(seed / 0x100000000), 0x85ebca6b);
  const next = (): number => {
    weyl = (weyl + 0x9e3779b9) | 0;
    let mixed = weyl ^ (weyl >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  return xoshiro128([next(), next(), next(), next()]);
}
