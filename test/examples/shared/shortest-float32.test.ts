import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortestFloat32 } from '../../../examples/shared/shortest-float32.ts';

describe('the shortest number of a float32', () => {
  it.each([0.1, 32.96, 1.71927, -0.5, 16_777_217, 1e-7])('of %d is what people wrote', (value) => {
    expect(shortestFloat32(Math.fround(value))).toBe(value === 16_777_217 ? 16_777_216 : value);
  });

  it.each([0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('of %d is itself', (value) => {
    expect(shortestFloat32(value)).toBe(value);
  });

  it('is the same float32, whatever the value', () => {
    fc.assert(
      fc.property(fc.float(), (value) => {
        expect(Math.fround(shortestFloat32(value))).toBe(value);
      }),
    );
  });
});
