import { describe, expect, it } from 'vitest';
import type { BaselineJob } from '../../core/contracts/baselines.ts';
import type { BaselineJobs } from '../../core/ports/baseline-jobs.ts';

const HOUR_MS = 3_600_000;
const FIRST: BaselineJob = {
  service: 'fraud',
  version: 3,
  id: 'first',
  from: '2026-05-01T00:00:00.000Z',
  to: '2026-06-01T00:00:00.000Z',
  state: 'PENDING',
  requestedAt: '2026-06-01T10:00:00.000Z',
};
const later = (hours: number, parts: Partial<BaselineJob> = {}): BaselineJob => ({
  ...FIRST,
  id: `after ${hours} h`,
  requestedAt: new Date(Date.parse(FIRST.requestedAt) + hours * HOUR_MS).toISOString(),
  ...parts,
});
const OPTIONS = { abandonedMs: HOUR_MS };

/** What every implementation of the port keeps to. */
export function describeBaselineJobs(name: string, open: () => Promise<BaselineJobs>): void {
  describe(`baselines that were asked for, ${name}`, () => {
    it('knows the last one of each version', async () => {
      const jobs = await open();
      expect(await jobs.find('fraud', 3)).toBeUndefined();
      expect(await jobs.start(FIRST, OPTIONS)).toBe(true);
      expect(await jobs.find('fraud', 3)).toEqual(FIRST);
      expect(await jobs.find('fraud', 2)).toBeUndefined();
      expect(await jobs.find('frau', 3)).toBeUndefined();
    });

    it('begins none while another is being made, unless that one is abandoned', async () => {
      const jobs = await open();
      await jobs.start(FIRST, OPTIONS);
      expect(await jobs.start(later(0.9), OPTIONS)).toBe(false);
      expect(await jobs.find('fraud', 3)).toEqual(FIRST);
      expect(await jobs.start(later(1.1), OPTIONS)).toBe(true);
      expect(await jobs.find('fraud', 3)).toEqual(later(1.1));
    });

    it('lets one of many that ask at once begin', async () => {
      const jobs = await open();
      const begun = await Promise.all(
        Array.from({ length: 10 }, (_, i) => jobs.start(later(0, { id: `${i}` }), OPTIONS)),
      );
      expect(begun.filter(Boolean)).toHaveLength(1);
    });

    it('begins another once the one before has ended, whatever came of it', async () => {
      const jobs = await open();
      await jobs.start(FIRST, OPTIONS);
      const ended = { ...FIRST, state: 'FAILED' as const, error: { code: 'baseline.no_captures', message: 'none' } };
      await jobs.end(ended);
      expect(await jobs.find('fraud', 3)).toEqual(ended);
      expect(await jobs.start(later(0.1), OPTIONS)).toBe(true);
    });

    it('does not let one that is abandoned, or has ended, end again', async () => {
      const jobs = await open();
      await jobs.start(FIRST, OPTIONS);
      await jobs.start(later(2), OPTIONS);
      await jobs.end({ ...FIRST, state: 'READY' });
      expect(await jobs.find('fraud', 3)).toEqual(later(2));
      await jobs.end(later(2, { state: 'READY', rows: 7 }));
      await jobs.end(later(2, { state: 'FAILED' }));
      expect(await jobs.find('fraud', 3)).toMatchObject({ state: 'READY', rows: 7 });
    });
  });
}
