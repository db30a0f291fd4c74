import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../../../fixtures/drift/vectors');
const WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Golden vectors that `test/fixtures/drift/make-vectors.py` has written; numbers that JSON has not are words there. */
export const readVectors = <T>(name: string): T =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'), (_, value) =>
    typeof value === 'string' && Object.hasOwn(WORDS, value) ? WORDS[value] : value,
  ) as T;

const RELATIVE = 1e-10;
/** Of differences of shares, where all digits of the shares themselves are right. */
const ABSOLUTE = 1e-13;

/** Equal to ten digits, tails included: a p-value of 1e-200 must be right, not just small. */
export function expectClose(got: number, expected: number, { relative = RELATIVE }: { relative?: number } = {}): void {
  if (!Number.isFinite(expected) || got === expected) {
    expect(got).toBe(expected);
    return;
  }
  const error = Math.abs(got - expected);
  if (expected === 0) {
    // What is 0 but for a rounding.
    expect(error).toBeLessThan(1e-15);
    return;
  }
  const isClose = error <= relative * Math.abs(expected) || (Math.abs(expected) > 1e-12 && error <= ABSOLUTE);
  expect(isClose, `got ${got}, expected ${expected}`).toBe(true);
}

/** A series that the script describes instead of listing it. */
export interface Series {
  readonly n: number;
  readonly step: number;
  readonly modulus: number;
  readonly scale: number;
  readonly shift: number;
}

export const expand = (sample: readonly number[] | Series): readonly number[] =>
  'n' in sample
    ? Array.from(
        { length: sample.n },
        (_, i) => sample.shift + (sample.scale * (((i + 1) * sample.step) % sample.modulus)) / sample.modulus,
      )
    : sample;
