import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlatformError } from '../../../../core/domain/errors.ts';
import { type ChampionState, promote, ROLLBACK_DEPTH, rollBack } from '../../../../core/domain/registry/champion.ts';
import { caught } from '../../../support/caught.ts';

const NOW = '2026-06-01T12:00:00.000Z';

const state = (parts: Partial<ChampionState> = {}): ChampionState => ({
  service: 'fraud',
  latestVersion: 9,
  champion: null,
  earlierChampions: [],
  revision: 3,
  updatedAt: '2026-01-01T00:00:00.000Z',
  ...parts,
});

describe('promote', () => {
  it.each([
    { what: 'the first champion', before: state(), version: 2, earlier: [] },
    { what: 'another one', before: state({ champion: 2 }), version: 5, earlier: [2] },
    { what: 'an older one', before: state({ champion: 5, earlierChampions: [2] }), version: 1, earlier: [2, 5] },
    {
      what: 'one that was champion before',
      before: state({ champion: 5, earlierChampions: [2] }),
      version: 2,
      earlier: [2, 5],
    },
  ])('makes $what, and remembers the one it replaces', ({ before, version, earlier }) => {
    expect(promote(before, version, NOW)).toEqual({
      ...before,
      champion: version,
      earlierChampions: earlier,
      revision: 4,
      updatedAt: NOW,
    });
  });

  it('remembers the last 50 champions', () => {
    const before = state({ champion: 1, earlierChampions: Array.from({ length: ROLLBACK_DEPTH }, (_, i) => i + 2) });
    const after = promote(before, 9, NOW);
    expect(after.earlierChampions).toHaveLength(ROLLBACK_DEPTH);
    expect(after.earlierChampions.at(-1)).toBe(1);
    expect(after.earlierChampions[0]).toBe(3);
  });

  it('fails for a version that was never registered', () => {
    expect(caught(() => promote(state(), 10, NOW))).toMatchObject({
      code: 'registry.version_not_found',
      details: { version: 10 },
    });
  });

  it('fails for the champion itself', () => {
    expect(caught(() => promote(state({ champion: 4 }), 4, NOW))).toMatchObject({
      code: 'registry.already_champion',
      details: { version: 4 },
    });
  });
});

describe('rollBack', () => {
  it('goes one champion back each time', () => {
    const once = rollBack(state({ champion: 7, earlierChampions: [2, 5] }), NOW);
    expect(once).toMatchObject({ champion: 5, earlierChampions: [2], revision: 4, updatedAt: NOW });
    expect(rollBack(once, NOW)).toMatchObject({ champion: 2, earlierChampions: [], revision: 5 });
  });

  it.each([{ champion: null }, { champion: 3 }])(
    'fails where $champion is the only champion there was',
    ({ champion }) => {
      expect(caught(() => rollBack(state({ champion }), NOW))).toMatchObject({
        code: 'registry.nothing_to_roll_back',
        details: { champion },
      });
    },
  );
});

describe('any sequence of promotions and rollbacks', () => {
  const moves = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant('back' as const)), { maxLength: 120 });

  it('keeps a registered champion, one revision a move, and a way back', () => {
    fc.assert(
      fc.property(moves, (sequence) => {
        let current = state({ revision: 0 });
        for (const move of sequence) {
          let next: ChampionState;
          try {
            next = move === 'back' ? rollBack(current, NOW) : promote(current, move, NOW);
          } catch (error) {
            expect(isPlatformError(error)).toBe(true);
            continue;
          }
          expect(next.revision).toBe(current.revision + 1);
          expect(next.latestVersion).toBe(current.latestVersion);
          expect(next.earlierChampions.length).toBeLessThanOrEqual(ROLLBACK_DEPTH);
          for (const version of [next.champion, ...next.earlierChampions]) {
            expect(version).toSatisfy((v: number) => Number.isInteger(v) && v >= 1 && v <= next.latestVersion);
          }
          if (move !== 'back' && current.champion !== null) expect(rollBack(next, NOW).champion).toBe(current.champion);
          current = next;
        }
      }),
    );
  });
});
