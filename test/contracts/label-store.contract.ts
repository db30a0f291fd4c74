import { describe, expect, it } from 'vitest';
import { LABELS_WELCOME_DAYS } from '../../core/contracts/limits.ts';
import { hourOf } from '../../core/domain/labels/hour-of.ts';
import type { Label } from '../../core/domain/labels/label.ts';
import type { LabelReader, LabelStore, PredictionIndex, RecentPredictions } from '../../core/ports/label-store.ts';
import { EVENT_TIME } from '../support/http-event.ts';

const NOW = { now: EVENT_TIME };
const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

const aLabel = (parts: Partial<Label> = {}): Label => ({ id: 'order-1', row: 0, value: 1, atMs: EVENT_TIME, ...parts });

/** What every store of labels must do. @param open gives one; every test uses a service of its own */
export function describeLabelStore(
  name: string,
  open: () => LabelStore & LabelReader & PredictionIndex & RecentPredictions,
): void {
  let services = 0;
  const openService = () => {
    services += 1;
    const service = `${name.replaceAll(/[^a-z]/gi, '')}-${services}`;
    const store = open();
    return {
      tell: (...predictions: { id: string; atMs: number }[]) => store.tell(service, predictions),
      add: (...predictions: { id: string; atMs: number }[]) => store.add(service, predictions),
      known: (ids: string[], now = EVENT_TIME) => store.findPredictions(service, ids, { now }),
      keep: (...labels: Label[]) => store.keep(service, labels, NOW),
      mark: (hours: Record<string, { labels: number; corrections: number }>, now = EVENT_TIME) =>
        store.markHours(service, new Map(Object.entries(hours)), { now }),
      find: (...rows: { id: string; row: number }[]) => store.find(service, rows),
      hours: (from: string, to: string) => store.labelledHours(service, { from, to }),
      elsewhere: store,
    };
  };

  describe(`label store: ${name}`, () => {
    it('knows the predictions that it was told of, however many are asked for at once', async () => {
      const { add, known } = openService();
      const predictions = Array.from({ length: 230 }, (_, index) => ({
        id: `order-${index}`,
        atMs: EVENT_TIME + index,
      }));
      await add(...predictions);
      const ids = [...predictions.map(({ id }) => id), 'never'];
      expect(await known(ids)).toEqual(new Map(predictions.map(({ id, atMs }) => [id, atMs])));
      expect(await known(['never'])).toEqual(new Map());
    });

    it('takes an id twice in one call, and the same prediction again', async () => {
      const { add, known } = openService();
      await add({ id: 'a', atMs: 1 }, { id: 'a', atMs: EVENT_TIME });
      await add({ id: 'a', atMs: EVENT_TIME });
      expect(await known(['a'])).toEqual(new Map([['a', EVENT_TIME]]));
    });

    it('forgets a prediction when labels for it are no longer welcome', async () => {
      const { add, known } = openService();
      await add({ id: 'a', atMs: EVENT_TIME });
      const end = EVENT_TIME + LABELS_WELCOME_DAYS * DAY_MS;
      expect((await known(['a'], end - 1_000)).size).toBe(1);
      expect((await known(['a'], end)).size).toBe(0);
    });

    it('knows what it was told of lately, for as long as a capture may be on its way, and in its hour', async () => {
      const { tell, known } = openService();
      const hourBefore = EVENT_TIME - (EVENT_TIME % HOUR_MS) - 1;
      await tell({ id: 'a', atMs: hourBefore }, { id: 'b', atMs: hourBefore + 2 });
      await tell({ id: 'c', atMs: hourBefore + 3 });
      const now = hourBefore + 60_000;
      const times = await known(['a', 'b', 'c', 'never'], now);
      expect([...times.keys()].sort()).toEqual(['a', 'b', 'c']);
      expect(['a', 'b', 'c'].map((id) => hourOf(times.get(id) ?? 0))).toEqual(
        [hourBefore, hourBefore + 2, hourBefore + 3].map(hourOf),
      );
      expect((await known(['a', 'b', 'c'], hourBefore + HOUR_MS)).size).toBe(0);
    });

    it('takes the time of a prediction from its capture once that is there', async () => {
      const { tell, add, known } = openService();
      await tell({ id: 'a', atMs: EVENT_TIME - 5 }, { id: 'b', atMs: EVENT_TIME });
      await add({ id: 'a', atMs: EVENT_TIME - 5 });
      expect(await known(['a', 'b'])).toEqual(
        new Map([
          ['a', EVENT_TIME - 5],
          ['b', EVENT_TIME],
        ]),
      );
    });

    it('keeps services apart, whatever an id holds', async () => {
      const { add, elsewhere } = openService();
      await add({ id: 'b#c', atMs: EVENT_TIME });
      expect((await elsewhere.findPredictions('another', ['b#c'], NOW)).size).toBe(0);
      await elsewhere.keep('one', [aLabel({ id: 'two#x' })], NOW);
      expect(await elsewhere.find('one-two', [{ id: 'x', row: 0 }])).toEqual([]);
    });

    it('keeps labels of each type by row, and says what was there before', async () => {
      const { keep, find } = openService();
      const labels = [
        aLabel(),
        aLabel({ row: 1, value: 'fraud ✓' }),
        aLabel({ id: 'b', value: false }),
        aLabel({ id: 'c', value: -1.5 }),
      ];
      expect(await keep(...labels)).toEqual([undefined, undefined, undefined, undefined]);
      expect(await keep(...labels)).toEqual(labels);
      const found = await find(...labels, { id: 'order-1', row: 2 }, { id: 'order-1', row: 0 });
      expect(found).toHaveLength(4);
      expect(found).toEqual(expect.arrayContaining(labels));
    });

    it('keeps the later label whichever comes first, and of two of one time the same one whichever comes first', async () => {
      const { keep, find } = openService();
      const later = aLabel({ value: 0, atMs: EVENT_TIME + 1 });
      await keep(aLabel(), aLabel({ id: 'b', value: 0, atMs: EVENT_TIME + 1 }));
      expect(await keep(later, aLabel({ id: 'b' }))).toEqual([aLabel(), { ...later, id: 'b' }]);
      expect(await find({ id: 'order-1', row: 0 }, { id: 'b', row: 0 })).toEqual(
        expect.arrayContaining([later, { ...later, id: 'b' }]),
      );
      const [x, y] = ['é', '😀'];
      await keep(aLabel({ id: 'x', value: x }), aLabel({ id: 'y', value: y }));
      await keep(aLabel({ id: 'x', value: y }), aLabel({ id: 'y', value: x }));
      const [first, second] = await Promise.all([find({ id: 'x', row: 0 }), find({ id: 'y', row: 0 })]);
      expect(first[0]?.value).toBe(second[0]?.value);
    });

    it('ends with the newest of many labels that race', async () => {
      const { keep, find } = openService();
      await Promise.all(
        Array.from({ length: 30 }, (_, index) => keep(aLabel({ value: index, atMs: EVENT_TIME + ((index * 7) % 30) }))),
      );
      const newest = Array.from({ length: 30 }, (_, index) => index).find((index) => (index * 7) % 30 === 29);
      expect(await find({ id: 'order-1', row: 0 })).toEqual([
        aLabel({ value: newest as number, atMs: EVENT_TIME + 29 }),
      ]);
    });

    it('adds up what came for each hour, and lists hours in order', async () => {
      const { mark, hours } = openService();
      await mark({ '2026-06-01T12': { labels: 2, corrections: 0 }, '2026-05-31T23': { labels: 1, corrections: 1 } });
      await mark({ '2026-06-01T12': { labels: 3, corrections: 1 } }, EVENT_TIME + 5);
      expect(await hours('2026-05-31T00', '2026-06-02T00')).toEqual([
        { hour: '2026-05-31T23', labels: 1, corrections: 1, changedAtMs: EVENT_TIME },
        { hour: '2026-06-01T12', labels: 5, corrections: 1, changedAtMs: EVENT_TIME + 5 },
      ]);
      expect(await hours('2026-05-31T23', '2026-06-01T12')).toHaveLength(1);
      expect(await hours('2026-06-01T13', '2027-01-01T00')).toEqual([]);
    });
  });
}
