import { describe, expect, it } from 'vitest';
import { eValue, gatherEvidence, NO_EVIDENCE } from '../../../../../core/domain/drift/verdict/slow-drift.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';

const step = { fromMs: 0, limit: 1e9 };

describe('evidence of slow drift', () => {
  it.each([5, 20, 337])('has e-values with a mean of at most 1 where p is uniform on %i ranks', (ranks) => {
    const mean = Array.from({ length: ranks }, (_, i) => eValue((i + 1) / ranks)).reduce((a, b) => a + b, 0) / ranks;
    expect(mean).toBeLessThanOrEqual(1);
    expect(mean).toBeGreaterThan(0.7);
  });

  it('follows R ← (1 + R) e(p)', () => {
    const first = gatherEvidence(NO_EVIDENCE, 0.01, step);
    expect(first).toEqual({ value: 5, cusum: 5, sinceMs: 0 });
    expect(gatherEvidence(first, 0.25, { ...step, fromMs: 1 })).toEqual({ value: 6, cusum: 5, sinceMs: 0 });
    expect(gatherEvidence(first, 1, { ...step, fromMs: 1 })).toEqual({ value: 3, cusum: 2.5, sinceMs: 0 });
  });

  it('forgets the start once nothing speaks for a change, and finds a new one', () => {
    let evidence = gatherEvidence(NO_EVIDENCE, 0.01, step);
    for (let t = 1; t <= 3; t += 1) evidence = gatherEvidence(evidence, 1, { ...step, fromMs: t });
    expect(evidence).toMatchObject({ cusum: 1, sinceMs: null });
    expect(gatherEvidence(evidence, 0.01, { ...step, fromMs: 4 }).sinceMs).toBe(4);
  });

  it('is held at its limit, so that recovery is not delayed', () => {
    let evidence = NO_EVIDENCE;
    for (let t = 0; t < 50; t += 1) evidence = gatherEvidence(evidence, 0.003, { fromMs: t, limit: 1440 });
    expect(evidence).toEqual({ value: 1440, cusum: 1440, sinceMs: 0 });
  });

  it('takes 720 windows or more on average to 720 where nothing changes', () => {
    const random = createRandom(7);
    const runs = 300;
    let windows = 0;
    for (let run = 0; run < runs; run += 1) {
      let evidence = NO_EVIDENCE;
      while (evidence.value < 720) {
        evidence = gatherEvidence(evidence, (1 + random.below(337)) / 337, step);
        windows += 1;
      }
    }
    expect(windows / runs).toBeGreaterThan(720);
  });

  it('finds p-values of a tenth of what they should be within 25 windows', () => {
    const random = createRandom(8);
    let evidence = NO_EVIDENCE;
    let windows = 0;
    for (; evidence.value < 720; windows += 1) evidence = gatherEvidence(evidence, 0.1 * (1 - random.uniform()), step);
    expect(windows).toBeLessThan(25);
  });
});
