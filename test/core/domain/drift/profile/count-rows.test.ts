import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowCounter } from '../../../../../core/domain/drift/profile/count-rows.ts';
import { emptyProfile, mergeProfiles } from '../../../../../core/domain/drift/profile/merge-profiles.ts';
import type { Profile, ProfilePlan } from '../../../../../core/domain/drift/profile/profile.ts';
import { correlatedPlaces, rankScales } from '../../../../../core/domain/drift/profile/rank-scale.ts';
import { batchOf, exactPart, isNear, MIXED, type MixedRow, mixedRows, summedPart } from './rows.ts';

const count = (rows: readonly MixedRow[], reference?: Profile): Profile => {
  const counter = rowCounter(MIXED, { reference });
  counter.add(batchOf(rows));
  return counter.profile();
};

const row = (amount: number, age: number, country: string | null): MixedRow => ({ amount, age, country });

describe('row counter', () => {
  it('counts numbers into lower-inclusive bins, and what is missing or infinite apart', () => {
    const [amount] = count([
      row(-5, 0, null),
      row(0, 0, null),
      row(0.5, 0, null),
      row(1, 0, null),
      row(10, 0, null),
      row(Number.NaN, 0, null),
      row(Number.POSITIVE_INFINITY, 0, null),
    ]).columns;
    expect(amount).toEqual({
      kind: 'numeric',
      missing: 1,
      infinite: 1,
      bins: [1, 2, 1, 1],
      sum: 6.5,
      sumSquares: 126.25,
      min: -5,
      max: 10,
      fractions: 1,
    });
  });

  it('counts categories that the plan knows, and all others as unseen', () => {
    const country = count(['DE', 'FR', 'DE', 'XX', '', '__proto__', null].map((name) => row(0, 0, name))).columns[2];
    expect(country).toEqual({ kind: 'category', missing: 1, counts: [2, 1], unseen: 3 });
  });

  it('sums products of the reference ranks, 0 for what is missing', () => {
    const rows = [row(0.5, 20, null), row(0.5, 70, null), row(5, 70, null), row(Number.NaN, 70, null)];
    const reference = count(rows);
    const [amount, age] = rankScales(MIXED, reference);
    const u = [amount?.[1], amount?.[1], amount?.[2]] as number[];
    const v = [age?.[1], age?.[3], age?.[3], age?.[3]] as number[];
    const products = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
    expect([...(amount as Float64Array)]).toEqual([-0.5, 2 / 6 - 0.5, 5 / 6 - 0.5, 0.5, 0]);
    const { crossMoments } = count(rows, reference);
    const expected = [products(u, u), products(u, v), products(v, v)];
    expect(crossMoments).toHaveLength(3);
    for (const [i, value] of crossMoments.entries()) expect(value).toBeCloseTo(expected[i] as number, 12);
  });

  it('counts a batch as its rows one by one', () => {
    fc.assert(
      fc.property(mixedRows, (rows) => {
        const reference = count(rows);
        const whole = count(rows, reference);
        const counter = rowCounter(MIXED, { reference });
        for (const each of rows) counter.add(batchOf([each]));
        expect(exactPart(counter.profile())).toEqual(exactPart(whole));
        expect(isNear(summedPart(counter.profile()), summedPart(whole))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('accounts for every row of every column', () => {
    fc.assert(
      fc.property(mixedRows, (rows) => {
        for (const column of count(rows).columns) {
          const values =
            column.kind === 'numeric' ? [...column.bins, column.infinite] : [...column.counts, column.unseen];
          expect(values.reduce((sum, value) => sum + value, column.missing)).toBe(rows.length);
        }
      }),
    );
  });

  it('counts a column of which a batch does not tell neither as missing nor as anything else', () => {
    const counter = rowCounter(MIXED, { reference: count([row(1, 1, 'DE')]) });
    counter.add({ rows: 2, columns: [undefined, Float64Array.of(20, 30), undefined] });
    const { rows, columns } = counter.profile();
    expect(rows).toBe(2);
    expect(columns[0]).toEqual(emptyProfile(MIXED).columns[0]);
    expect(columns[1]).toMatchObject({ bins: [0, 2, 0, 0] });
    expect(columns[2]).toEqual(emptyProfile(MIXED).columns[2]);
  });

  it.each([
    ['too few columns', { rows: 1, columns: [] }],
    ['texts for numbers', { rows: 1, columns: [['1'], Float64Array.of(1), ['DE']] }],
    ['fewer values than rows', { rows: 2, columns: [Float64Array.of(1), Float64Array.of(1, 2), ['DE', 'FR']] }],
  ])('fails for a batch of %s, and counts nothing of it', (_, batch) => {
    const counter = rowCounter(MIXED);
    expect(() => counter.add(batch)).toThrow(expect.objectContaining({ code: 'profile.mismatch' }));
    expect(counter.profile()).toEqual(emptyProfile(MIXED));
  });

  it('fails for a plan that correlates what is no number', () => {
    const plan: ProfilePlan = { ...MIXED, correlated: ['country'] };
    expect(() => correlatedPlaces(plan)).toThrow(expect.objectContaining({ code: 'profile.mismatch' }));
  });
});

describe('merged profiles', () => {
  const reference = count([row(0.5, 20, 'DE'), row(5, 50, 'FR'), row(20, 70, null)]);

  it('are the counts of the union', () => {
    fc.assert(
      fc.property(mixedRows, mixedRows, (a, b) => {
        const merged = mergeProfiles(count(a, reference), count(b, reference));
        const whole = count([...a, ...b], reference);
        expect(exactPart(merged)).toEqual(exactPart(whole));
        expect(isNear(summedPart(merged), summedPart(whole))).toBe(true);
      }),
    );
  });

  it('do not depend on the order, and exactly so for two', () => {
    fc.assert(
      fc.property(mixedRows, mixedRows, mixedRows, (a, b, c) => {
        const [p, q, r] = [count(a, reference), count(b, reference), count(c, reference)];
        expect(mergeProfiles(p, q)).toEqual(mergeProfiles(q, p));
        const [left, right] = [mergeProfiles(mergeProfiles(p, q), r), mergeProfiles(p, mergeProfiles(q, r))];
        expect(exactPart(left)).toEqual(exactPart(right));
        expect(isNear(summedPart(left), summedPart(right))).toBe(true);
        expect(mergeProfiles(p, q, r)).toEqual(left);
      }),
    );
  });

  it('are unchanged by counts of nothing, and leave what they are made of as it was', () => {
    const profile = count([row(1, 2, 'DE')], reference);
    const before = structuredClone(profile);
    expect(mergeProfiles(profile, emptyProfile(MIXED))).toEqual(before);
    expect(mergeProfiles(emptyProfile(MIXED), profile)).toEqual(before);
    mergeProfiles(profile, profile);
    expect(profile).toEqual(before);
  });

  it('know nothing of fractions where a part did not look', () => {
    const [amount, ...others] = count([row(0.5, 2, 'DE')], reference).columns;
    const blind = { ...amount, fractions: undefined };
    const part = { rows: 1, columns: [blind, ...others], crossMoments: [0, 0, 0] } as unknown as Profile;
    expect(mergeProfiles(count([], reference), part).columns[0]).not.toHaveProperty('fractions');
  });

  it.each([
    ['another number of columns', (p: Profile) => ({ ...p, columns: p.columns.slice(1) })],
    ['columns of another kind', (p: Profile) => ({ ...p, columns: p.columns.toReversed() })],
    ['other bins', (p: Profile) => ({ ...p, columns: p.columns.map((c) => ({ ...c, bins: [1], counts: [1] })) })],
    ['other correlated columns', (p: Profile) => ({ ...p, crossMoments: [1] })],
  ])('fails for %s', (_, change) => {
    expect(() => mergeProfiles(reference, change(reference) as Profile)).toThrow(
      expect.objectContaining({ code: 'profile.mismatch' }),
    );
  });
});
