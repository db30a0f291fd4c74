import { describe, expect, it } from 'vitest';
import { binomialTest } from '../../../../core/domain/performance/binomial-test.ts';
import { watchPositives } from '../../../../core/domain/performance/watch-positives.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';
import { caught } from '../../../support/caught.ts';
import { VECTORS } from './vectors.ts';

describe('the exact binomial test', () => {
  it.each(VECTORS.binomial)('of %d in %d at a rate of %d is SciPy’s', (observed, trials, probability, pValue) => {
    expect(binomialTest(observed, { trials, probability }) / pValue).toBeCloseTo(1, 9);
  });
});

describe('a watch of rare positives', () => {
  it('says what is observed, what was to be expected, and what it can find', () => {
    const watch = watchPositives(12, 1_000, { expectedRate: 0.01 });
    expect(watch).toMatchObject({
      rows: 1_000,
      observed: 12,
      expected: 10,
      verdict: 'AS_EXPECTED',
      rate: { value: 0.012 },
    });
    expect(watch.says).toMatch(
      /^as many positives as expected: 12 of 1000 rows are positive, 10 were to be expected \(p = 0\.\d+\); a rate of 2\.\d+ % or more, or of 0\.\d+ % or less is found with a probability of 90 %$/,
    );
  });

  it.each([
    [40, 1_000, 'TOO_MANY'],
    [0, 1_000, 'TOO_FEW'],
  ] as const)('finds %d of %d to be %s where 1 %% were to be expected', (observed, rows, verdict) => {
    expect(watchPositives(observed, rows, { expectedRate: 0.01 }).verdict).toBe(verdict);
  });

  it('keeps its level on streams at the expected rate, and its power on those it names', () => {
    const random = createRandom(13);
    const options = { expectedRate: 0.02, alpha: 0.01, power: 0.9 };
    const { above = Number.NaN } = watchPositives(0, 500, options).detectable;
    const alarms = (rate: number) => {
      let count = 0;
      for (let window = 0; window < 1_000; window += 1) {
        let observed = 0;
        for (let row = 0; row < 500; row += 1) if (random.uniform() < rate) observed += 1;
        if (watchPositives(observed, 500, options).verdict !== 'AS_EXPECTED') count += 1;
      }
      return count;
    };
    expect(alarms(0.02)).toBeLessThanOrEqual(20);
    expect(alarms(above)).toBeGreaterThan(870);
    expect(above).toBeGreaterThan(0.03);
    expect(above).toBeLessThan(0.06);
  });

  it('admits that a window is too small to see a fall', () => {
    const { detectable, says } = watchPositives(0, 100, { expectedRate: 0.01 });
    expect(detectable.below).toBeUndefined();
    expect(says).not.toContain('or less');
    expect(watchPositives(1, 1, { expectedRate: 0.5 }).says).toContain('no rate at all');
  });

  it.each([
    ['no rows', 0, 0, { expectedRate: 0.1 }, 'training.no_rows'],
    ['more positives than rows', 2, 1, { expectedRate: 0.1 }, 'training.option_invalid'],
    ['half a positive', 0.5, 1, { expectedRate: 0.1 }, 'training.option_invalid'],
    ['a rate of 0', 0, 1, { expectedRate: 0 }, 'training.option_invalid'],
    ['a level of 1', 0, 1, { expectedRate: 0.1, alpha: 1 }, 'training.option_invalid'],
    ['no power', 0, 1, { expectedRate: 0.1, power: Number.NaN }, 'training.option_invalid'],
  ])('fails for %s', (_, observed, rows, options, code) => {
    expect(caught(() => watchPositives(observed, rows, options)).code).toBe(code);
  });
});
