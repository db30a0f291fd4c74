import { describe, expect, it } from 'vitest';
import type { NumericCounts, Profile } from '../../../../../core/domain/drift/profile/profile.ts';
import { createChannels } from '../../../../../core/domain/drift/verdict/channels.ts';
import { EFFECT_GATES } from '../../../../../core/domain/drift/verdict/effect-gates.ts';
import { effectsOf } from '../../../../../core/domain/drift/verdict/effects.ts';
import {
  kolmogorovTail,
  proportionsTest,
  twoSampleTests,
} from '../../../../../core/domain/drift/verdict/two-sample.ts';
import { columnsOf } from '../../../../support/a-monitor.ts';
import { planOf, profileOf } from '../../../../support/profile-rows.ts';

const training = columnsOf(20_000, { seed: 1 });
const plan = planOf(training, { bins: 20, predictions: ['score'] });
const reference = profileOf(plan, training);
const set = createChannels(plan, reference);
const channelOf = (name: string | null, kind: string) =>
  set.channels.findIndex(
    (channel) =>
      channel.kind === kind && (channel.column === null ? null : plan.columns[channel.column]?.name) === name,
  );

const served = (rows: number, seed: number): Profile =>
  profileOf(plan, columnsOf(rows, { seed }), { baseline: reference });

describe('channels', () => {
  it('are five of a number, three of categories, and one of all correlations', () => {
    expect(set.channels).toHaveLength(3 * 5 + 3 + 1);
    expect(set.valuesOf(reference)).toHaveLength(19);
    expect(set.noise).toHaveLength(19);
    expect(
      set.channels
        .filter(({ twoSided }) => twoSided)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual([
      'location',
      'location',
      'location',
      'missing',
      'missing',
      'missing',
      'missing',
      'spread',
      'spread',
      'spread',
    ]);
  });

  it('are 0 for the reference itself', () => {
    // The root of what rounding leaves of a KS distance.
    for (const value of set.valuesOf(reference)) expect(Math.abs(value)).toBeLessThan(1e-7);
  });

  it('vary between windows of independent rows as their noise says', () => {
    const windows = Array.from({ length: 150 }, (_, i) => set.valuesOf(served(500, 1000 + i)));
    for (const name of [
      'amount:ks',
      'amount:location',
      'amount:spread',
      'age:missing',
      'shop:category',
      'null:correlation',
    ]) {
      const [column, kind] = name.split(':') as [string, string];
      const c = channelOf(column === 'null' ? null : column, kind);
      const values = windows.map((window) => window[c] as number);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const sd = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
      const { scale, power } = set.noise[c] ?? { scale: 0, power: 0 };
      expect(sd / (scale * 500 ** -power), name).toBeGreaterThan(0.6);
      expect(sd / (scale * 500 ** -power), name).toBeLessThan(1.5);
    }
  });

  it('have no channel of correlations where fewer than two columns are watched', () => {
    const alone = createChannels({ ...plan, correlated: [] }, { ...reference, crossMoments: [] });
    expect(alone.channels.map(({ kind }) => kind)).not.toContain('correlation');
    expect(alone.valuesOf({ ...reference, crossMoments: [] })).toHaveLength(18);
  });

  it('know rank correlations from cross moments, within a bin of those of rows', () => {
    // amount = s + u, age = s + 2v with s, u, v uniform: Pearson 1/√(2 · 5) = 0.316, Spearman near it.
    const [amountAge, amountScore] = set.correlationsOf(reference);
    expect(amountAge).toBeGreaterThan(0.27);
    expect(amountAge).toBeLessThan(0.36);
    // The score is a monotone function of the amount.
    expect(amountScore).toBeCloseTo(1, 2);
  });

  it('keep a correlation while values go missing at random', () => {
    const change = (row: Record<string, number | string | null>, random: { uniform(): number }) =>
      random.uniform() < 0.4 ? { ...row, age: null } : row;
    const sparse = profileOf(plan, columnsOf(20_000, { seed: 5, change }), { baseline: reference });
    expect(set.correlationsOf(sparse)[0]).toBeCloseTo(set.correlationsOf(reference)[0] as number, 1);
  });

  it('take a constant column for uncorrelated', () => {
    const constant = profileOf(plan, columnsOf(500, { seed: 5, change: (row) => ({ ...row, age: 1 }) }), {
      baseline: reference,
    });
    expect(set.correlationsOf(constant)[0]).toBe(0);
  });
});

describe('effects', () => {
  const context = { plan, channelSet: set, gates: EFFECT_GATES };

  it('are nothing against itself, and pass no gate', () => {
    for (const effect of effectsOf(context, reference, reference)) {
      expect(effect.size).toBeCloseTo(0, 9);
      expect(effect.passes).toBe(false);
    }
  });

  it('are in the unit of their gate, at which they pass', () => {
    const move = (missing: number): Profile => ({
      ...reference,
      rows: 1000,
      columns: reference.columns.map((counts) => ({ ...counts, missing })),
    });
    const missing = channelOf('amount', 'missing');
    expect(effectsOf(context, move(0), move(20))[missing]).toEqual({
      kind: 'missing',
      size: 0.02,
      gate: 0.02,
      passes: true,
      change: { from: 0, to: 0.02 },
    });
    expect(effectsOf(context, move(0), move(19))[missing]).toMatchObject({ passes: false });
    expect(effectsOf(context, move(30), move(10))[missing]).toMatchObject({ size: expect.closeTo(-0.02, 9) });
  });

  it('name the pair whose correlation changed most', () => {
    const moments = [...reference.crossMoments];
    // Upper triangle of amount, age, score: the fifth is age and score.
    moments[4] = 0;
    const effect = effectsOf(context, reference, { ...reference, crossMoments: moments })[
      channelOf(null, 'correlation')
    ];
    expect(effect).toMatchObject({ passes: true, change: { of: 'age and score', to: expect.closeTo(0, 1) } });
  });

  it('name the rare categories that moved together', () => {
    const shops = (rare: number): Profile => ({
      ...reference,
      columns: reference.columns.map((counts) =>
        counts.kind === 'category' ? { ...counts, counts: [10_000 - rare, 10, rare - 10, 0] } : counts,
      ),
    });
    const effect = effectsOf(context, shops(40), shops(90))[channelOf('shop', 'category')];
    expect(effect).toMatchObject({ passes: true, change: { of: 'the rare categories together' } });
  });
});

describe('two-sample tests', () => {
  it('match tables of their distributions', () => {
    // Kolmogorov's 5 % and 1 % points.
    expect(kolmogorovTail(1.3581)).toBeCloseTo(0.05, 4);
    expect(kolmogorovTail(1.6276)).toBeCloseTo(0.01, 4);
    expect(kolmogorovTail(0.1)).toBe(1);
    // 40 of 100 against 60 of 100: z = 2√2, two-sided 0.004678.
    expect(proportionsTest([40, 100], [60, 100])).toBeCloseTo(0.0046777, 6);
    expect(proportionsTest([0, 100], [0, 50])).toBe(1);
    expect(proportionsTest([0, 0], [5, 50])).toBe(1);
  });

  it('are adjusted for their number, and 1 for what is not tested', () => {
    const window = served(500, 77);
    const ps = twoSampleTests(set, reference, window);
    expect(ps[channelOf('amount', 'location')]).toBe(1);
    expect(ps[channelOf(null, 'correlation')]).toBe(1);
    for (const p of ps) expect(p).toBeGreaterThan(0.05);
    const missing = [reference, window].map(({ rows, columns }) => [columns[1]?.missing ?? 0, rows] as const);
    const raw = proportionsTest(missing[0] as readonly [number, number], missing[1] as readonly [number, number]);
    // Three KS tests, one of categories, and missing and unseen of four columns.
    expect(ps[channelOf('age', 'missing')]).toBeCloseTo(Math.min(1, raw * 12), 12);
  });

  it('find what moved', () => {
    const change = (row: Record<string, number | string | null>) => ({ ...row, shop: 'web', age: null });
    const ps = twoSampleTests(
      set,
      reference,
      profileOf(plan, columnsOf(500, { seed: 3, change }), { baseline: reference }),
    );
    expect(ps[channelOf('shop', 'category')]).toBeLessThan(1e-9);
    expect(ps[channelOf('age', 'missing')]).toBeLessThan(1e-9);
    expect(ps[channelOf('age', 'ks')]).toBe(1);
    expect(ps[channelOf('amount', 'ks')]).toBeGreaterThan(0.05);
  });

  it('are 1 for a column without values on a side', () => {
    const empty: Profile = {
      ...reference,
      columns: reference.columns.map((counts) =>
        counts.kind === 'numeric' ? ({ ...counts, bins: counts.bins.map(() => 0) } satisfies NumericCounts) : counts,
      ),
    };
    expect(twoSampleTests(set, empty, reference)[channelOf('amount', 'ks')]).toBe(1);
  });
});
