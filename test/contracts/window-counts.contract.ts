import { describe, expect, it } from 'vitest';
import { SLOT_MS } from '../../core/contracts/monitor.ts';
import { EMPTY_TALLY } from '../../core/domain/capture/capture-tally.ts';
import type { CapturedCounts } from '../../core/domain/capture/count-captures.ts';
import type { NumericCounts } from '../../core/domain/drift/profile/profile.ts';
import type { ReopenedWindows, WindowCounts } from '../../core/ports/window-counts.ts';
import { EVENT_TIME } from '../support/http-event.ts';
import { type Columns, planOf, profileOf } from '../support/profile-rows.ts';

const COLUMNS: Columns = {
  amount: Array.from({ length: 200 }, (_, i) => (i % 17 === 0 ? Number.NaN : i / 7)),
  shop: Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? 'web' : 'food')),
};
const PLAN = planOf(COLUMNS);
const ALL = profileOf(PLAN, COLUMNS);
const START = Math.floor(EVENT_TIME / SLOT_MS) * SLOT_MS;

const counted = (slot: number, [from, to]: [number, number]): CapturedCounts => ({
  fromMs: START + slot * SLOT_MS,
  profile: profileOf(PLAN, COLUMNS, { from, to, baseline: ALL }),
  tally: { ...EMPTY_TALLY, records: 1, rows: to - from },
});

/** What the clocks of the stores say. S3 tells whole seconds. */
export const KEPT_AT = Math.floor(EVENT_TIME / 1_000) * 1_000;

/** What every store of counts must do. @param open gives one, whose clock says `KEPT_AT`; every test uses a service of its own */
export function describeWindowCounts(name: string, open: () => WindowCounts): void {
  let services = 0;
  const openVersion = () => {
    services += 1;
    const version = { service: `${name.replaceAll(/[^a-z]/gi, '')}-${services}`, version: 3, baseline: 'aa' };
    const store = open();
    const span = (from: number, to: number) =>
      store.sum(version, { plan: PLAN, fromMs: START + from * SLOT_MS, toMs: START + to * SLOT_MS });
    return { store, version, span };
  };

  describe(`counts: ${name}`, () => {
    it('add up to the counts of all rows, NaN among them', async () => {
      const { store, version, span } = openVersion();
      await store.keep(version, { key: 'a', counts: [counted(0, [0, 60]), counted(1, [60, 100])] });
      await store.keep(version, { key: 'b', counts: [counted(1, [100, 200])] });
      const { profile, tally, objects } = await span(0, 2);
      expect(profile.columns.map(({ missing }) => missing)).toEqual(ALL.columns.map(({ missing }) => missing));
      expect(profile).toMatchObject({
        rows: 200,
        columns: [{ bins: (ALL.columns[0] as NumericCounts).bins }, {}],
      });
      expect(tally).toMatchObject({ records: 3, rows: 200 });
      expect(objects).toBe(3);
    });

    it('count an object once, however often it is counted', async () => {
      const { store, version, span } = openVersion();
      await store.keep(version, { key: 'a', counts: [counted(0, [0, 60])] });
      await store.keep(version, { key: 'a', counts: [counted(0, [0, 60])] });
      expect(await span(0, 1)).toMatchObject({ objects: 1, profile: { rows: 60 } });
    });

    it('tell when they were kept, slot by slot', async () => {
      const { store, version } = openVersion();
      const kept = await store.keep(version, { key: 'a', counts: [counted(0, [0, 60]), counted(7, [60, 100])] });
      expect(kept).toEqual([START, START + 7 * SLOT_MS].map((fromMs) => ({ fromMs, keptAtMs: KEPT_AT })));
    });

    it('by one baseline are not those by another', async () => {
      const { store, version, span } = openVersion();
      await store.keep({ ...version, baseline: 'bb' }, { key: 'a', counts: [counted(0, [0, 60])] });
      expect(await span(0, 1)).toMatchObject({ objects: 0, profile: { rows: 0 } });
      expect(await store.firstFrom(version, START)).toBeUndefined();
    });

    it('are of no rows where nothing was counted, and of the span alone where something was', async () => {
      const { store, version, span } = openVersion();
      expect(await span(0, 12)).toMatchObject({ objects: 0, profile: { rows: 0 }, tally: EMPTY_TALLY });
      await store.keep(version, {
        key: 'a',
        counts: [counted(0, [0, 10]), counted(5, [10, 30]), counted(12, [30, 60])],
      });
      await store.keep({ ...version, version: 4 }, { key: 'a', counts: [counted(5, [0, 10])] });
      expect(await span(1, 12)).toMatchObject({ objects: 1, profile: { rows: 20 } });
      expect(await span(0, 288)).toMatchObject({ objects: 3, profile: { rows: 60 } });
    });

    it('tell the first slot from a time on', async () => {
      const { store, version } = openVersion();
      expect(await store.firstFrom(version, START)).toBeUndefined();
      await store.keep(version, { key: 'a', counts: [counted(5, [0, 10]), counted(300, [10, 20])] });
      expect(await store.firstFrom(version, START)).toBe(START + 5 * SLOT_MS);
      expect(await store.firstFrom(version, START + 5 * SLOT_MS)).toBe(START + 5 * SLOT_MS);
      expect(await store.firstFrom(version, START + 6 * SLOT_MS)).toBe(START + 300 * SLOT_MS);
      expect(await store.firstFrom(version, START + 301 * SLOT_MS)).toBeUndefined();
    });

    it('come in any number', async () => {
      const { store, version, span } = openVersion();
      for (let i = 0; i < 40; i += 1)
        await store.keep(version, { key: `object-${i}`, counts: [counted(2, [i, i + 5])] });
      expect(await span(2, 3)).toMatchObject({ objects: 40, profile: { rows: 200 } });
    });
  });
}

/** What every store of marks must do. */
export function describeReopenedWindows(name: string, open: () => ReopenedWindows): void {
  const version = { service: `${name.replaceAll(/[^a-z]/gi, '')}-marks`, version: 12 };
  const slot = START;

  describe(`marks of reopened windows: ${name}`, () => {
    it('are listed in the order of time until they are cleared, by version', async () => {
      const store = open();
      await store.mark(version, [slot + SLOT_MS, slot], { now: EVENT_TIME });
      await store.mark({ ...version, version: 1 }, [slot], { now: EVENT_TIME });
      const marks = await store.list(version);
      expect(marks).toEqual([
        { slotMs: slot, marks: 1, markedAtMs: EVENT_TIME },
        { slotMs: slot + SLOT_MS, marks: 1, markedAtMs: EVENT_TIME },
      ]);
      for (const mark of marks) await store.clear(version, mark);
      expect(await store.list(version)).toEqual([]);
      expect(await store.list({ ...version, version: 1 })).toHaveLength(1);
    });

    it('stay where they were made again since they were read', async () => {
      const store = open();
      await store.mark(version, [slot], { now: EVENT_TIME });
      const [mark] = await store.list(version);
      await store.mark(version, [slot], { now: EVENT_TIME + 5 });
      if (mark) await store.clear(version, mark);
      expect(await store.list(version)).toEqual([{ slotMs: slot, marks: 2, markedAtMs: EVENT_TIME + 5 }]);
    });
  });
}
