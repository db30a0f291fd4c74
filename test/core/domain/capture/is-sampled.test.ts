import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSampled } from '../../../../core/domain/capture/is-sampled.ts';

describe('sampling', () => {
  it('takes nothing at 0 and everything at 1', () => {
    fc.assert(fc.property(fc.string(), (id) => !isSampled(id, 0) && isSampled(id, 1)));
  });

  it('keeps at a higher rate whatever a lower one took', () => {
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.string(), rate, rate, (id, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        return !isSampled(id, low) || isSampled(id, high);
      }),
    );
  });

  it.each([
    ['random ids', () => randomUUID()],
    ['ids that count up', (index: number) => `order-${index}`],
    ['ids that differ in the first character', (index: number) => `${String.fromCodePoint(0x4e00 + index)}-2026-06-01`],
  ])('takes 30 %% of %s at a rate of 0.3', (_, id) => {
    const ids = Array.from({ length: 20_000 }, (_unused, index) => id(index));
    const share = ids.filter((each) => isSampled(each, 0.3)).length / ids.length;
    // Six standard deviations: sqrt(0.3 · 0.7 / 20000) is 0.0032.
    expect(Math.abs(share - 0.3)).toBeLessThan(0.02);
  });
});
