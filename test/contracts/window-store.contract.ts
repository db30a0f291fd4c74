import { describe, expect, it } from 'vitest';
import type { WindowReport, WindowSummary } from '../../core/contracts/windows.ts';
import type { Cursor, ReportStore, WindowStore } from '../../core/ports/window-store.ts';
import { aWindow, aWindowReport } from '../support/a-window.ts';
import { EVENT_TIME } from '../support/http-event.ts';

const NOW = { now: EVENT_TIME };

/** What every store of evaluated windows must do. @param open gives one; every test uses a service of its own */
export function describeWindowStore(name: string, open: () => WindowStore): void {
  let services = 0;
  const openService = () => {
    services += 1;
    const service = `${name.replaceAll(/[^a-z]/gi, '')}-${services}`;
    const store = open();
    const cursor = (revision: number, parts: Partial<Cursor> = {}): Cursor => ({
      version: 1,
      series: 'window',
      toMs: EVENT_TIME,
      revision,
      memory: `memory-${revision}`,
      ...parts,
    });
    const of = (hour: number, parts: Partial<WindowSummary> = {}): WindowSummary =>
      aWindow(hour, { service, ...parts });
    return { service, store, cursor, of };
  };

  describe(`window store: ${name}`, () => {
    it('keeps windows together with how far they are evaluated', async () => {
      const { service, store, cursor, of } = openService();
      expect(await store.findCursor(service, { version: 1, series: 'window' })).toBeUndefined();
      expect(await store.commit({ service, cursor: cursor(1), windows: [of(0), of(1)] }, NOW)).toBe(true);
      expect(await store.findCursor(service, { version: 1, series: 'window' })).toEqual(cursor(1));
      expect(await store.find(service, of(1).id)).toEqual(of(1));
      expect(await store.find(service, of(2).id)).toBeUndefined();
    });

    it('lets one of many evaluations of the same windows win, and writes nothing of the others', async () => {
      const { service, store, cursor, of } = openService();
      await store.commit({ service, cursor: cursor(1), windows: [] }, NOW);
      const races = Array.from({ length: 20 }, (_, i) =>
        store.commit(
          { service, cursor: cursor(2, { memory: `${i}` }), windows: [of(3, { rows: i }), of(100 + i)] },
          NOW,
        ),
      );
      const won = (await Promise.all(races)).flatMap((isWon, i) => (isWon ? [i] : []));
      expect(won).toHaveLength(1);
      expect(await store.find(service, of(3).id)).toMatchObject({ rows: won[0] });
      expect((await store.list(service, { limit: 100 })).windows).toHaveLength(2);
      expect(await store.commit({ service, cursor: cursor(2), windows: [of(5)] }, NOW)).toBe(false);
      expect(await store.commit({ service, cursor: cursor(4), windows: [of(5)] }, NOW)).toBe(false);
    });

    it('lists the newest first, page by page, of a series or a version alone where asked', async () => {
      const { service, store, cursor, of } = openService();
      const windows = [
        ...Array.from({ length: 30 }, (_, hour) => of(hour)),
        of(0, { series: 'day', id: '1.day.20260601T0000Z' }),
        of(7, { version: 2, id: '2.window.20260601T0700Z' }),
      ];
      await store.commit({ service, cursor: cursor(1), windows }, NOW);
      const first = await store.list(service, { limit: 20 });
      const second = await store.list(service, { limit: 20, before: first.before });
      expect(second.before).toBeUndefined();
      const ids = [...first.windows, ...second.windows].map(({ id }) => id);
      expect(ids).toHaveLength(32);
      expect(new Set(ids).size).toBe(32);
      expect(ids[0]).toBe(of(29).id);
      expect((await store.list(service, { limit: 5, series: 'day' })).windows.map(({ series }) => series)).toEqual([
        'day',
      ]);
      expect((await store.list(service, { limit: 5, version: 2 })).windows.map(({ version }) => version)).toEqual([2]);
      expect(await store.list(`${service}-other`, { limit: 5 })).toEqual({ windows: [] });
    });

    it('replaces a window that is evaluated again', async () => {
      const { service, store, cursor, of } = openService();
      await store.commit({ service, cursor: cursor(1), windows: [of(1)] }, NOW);
      await store.commit({ service, cursor: cursor(2), windows: [of(1, { revision: 2, rows: 9 })] }, NOW);
      expect((await store.list(service, { limit: 5 })).windows).toEqual([of(1, { revision: 2, rows: 9 })]);
    });
  });
}

/** What every store of reports must do. */
export function describeReportStore(name: string, open: () => ReportStore): void {
  const service = name.replaceAll(/[^a-z]/gi, '');

  describe(`report store: ${name}`, () => {
    it('keeps each revision of a report', async () => {
      const store = open();
      const report: WindowReport = aWindowReport(1, { service });
      await store.putReport(report, '{"violations":[]}');
      await store.putReport({ ...report, revision: 2, p: 'NaN' }, '{"violations":[]}');
      expect(await store.readReport(service, { id: report.id, revision: 1 })).toEqual(report);
      expect(await store.readReport(service, { id: report.id, revision: 2 })).toMatchObject({ revision: 2, p: 'NaN' });
      expect(await store.readReport(service, { id: report.id, revision: 3 })).toBeUndefined();
    });

    it('keeps what is remembered by its content, and forgets it', async () => {
      const store = open();
      const of = { service, version: 1, series: 'window' } as const;
      const [a, b, again] = [
        await store.putMemory(of, 'a'),
        await store.putMemory(of, 'b'),
        await store.putMemory(of, 'a'),
      ];
      expect(a).toBe(again);
      expect(a).not.toBe(b);
      expect(await store.readMemory(a)).toBe('a');
      await store.removeMemory(a);
      expect(await store.readMemory(a)).toBeUndefined();
      expect(await store.readMemory(b)).toBe('b');
    });
  });
}
