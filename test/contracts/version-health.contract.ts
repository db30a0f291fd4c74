import { describe, expect, it } from 'vitest';
import { CRASHES_COUNT_FOR_SECONDS } from '../../core/domain/registry/quarantine.ts';
import type { CrashRecords, Quarantine } from '../../core/ports/version-health.ts';
import { caughtFrom } from '../support/caught.ts';
import { EVENT_TIME } from '../support/http-event.ts';

const CRASH = { now: EVENT_TIME, reason: 'infer.model_crashed' };
const AT = new Date(EVENT_TIME).toISOString();
const DAY_MS = CRASHES_COUNT_FOR_SECONDS * 1000;

/** What every record of crashes must do. @param open gives one; every test uses a service of its own */
export function describeVersionHealth(name: string, open: () => CrashRecords & Quarantine): void {
  let services = 0;
  const openService = () => {
    services += 1;
    const service = `${name.replaceAll(/[^a-z]/gi, '')}-${services}`;
    const health = open();
    return {
      find: (version: number, now = EVENT_TIME) => health.find(service, version, { now }),
      crash: (version: number, now = EVENT_TIME) => health.record(service, version, { ...CRASH, now }),
      list: () => health.list(service),
      release: (version: number) => health.release(service, version, { now: EVENT_TIME }),
    };
  };

  describe(`version health: ${name}`, () => {
    it('knows nothing of a version that has not crashed', async () => {
      const { find, list } = openService();
      expect(await find(1)).toBeUndefined();
      expect(await list()).toEqual([]);
    });

    it('counts crashes by version and quarantines at the third', async () => {
      const { find, crash, list } = openService();
      const told = { version: 1, lastCrashAt: AT, reason: CRASH.reason };
      expect(await crash(1)).toEqual({ ...told, crashes: 1 });
      await crash(2);
      expect(await crash(1)).toEqual({ ...told, crashes: 2 });
      expect(await find(1)).toEqual({ ...told, crashes: 2 });
      expect(await list()).toEqual([]);
      const quarantined = { ...told, crashes: 3, quarantinedAt: AT };
      expect(await crash(1)).toEqual(quarantined);
      expect(await find(1)).toEqual(quarantined);
      expect(await list()).toEqual([quarantined]);
    });

    it('counts each of many crashes at once, and quarantines once', async () => {
      const { find, crash, list } = openService();
      await Promise.all(Array.from({ length: 20 }, (_, index) => crash(1, EVENT_TIME + index)));
      expect((await find(1))?.quarantinedAt).toBeDefined();
      expect((await find(1))?.crashes).toBeGreaterThanOrEqual(3);
      expect(await list()).toHaveLength(1);
    });

    it('forgets crashes a day after the last one, and never a quarantine', async () => {
      const { find, crash } = openService();
      await crash(1);
      await crash(1, EVENT_TIME + DAY_MS - 1_000);
      expect(await find(1, EVENT_TIME + DAY_MS)).toMatchObject({ crashes: 2 });
      expect(await find(1, EVENT_TIME + 2 * DAY_MS)).toBeUndefined();
      expect(await crash(1, EVENT_TIME + 2 * DAY_MS)).toMatchObject({ crashes: 1 });
      await crash(1, EVENT_TIME + 2 * DAY_MS);
      await crash(1, EVENT_TIME + 2 * DAY_MS);
      expect(await find(1, EVENT_TIME + 9 * DAY_MS)).toMatchObject({ crashes: 3 });
      expect(await crash(1, EVENT_TIME + 9 * DAY_MS)).toMatchObject({ crashes: 3 });
    });

    it('lifts a quarantine, and begins to count anew', async () => {
      const { find, crash, list, release } = openService();
      for (let i = 0; i < 3; i += 1) await crash(4);
      await release(4);
      expect((await find(4))?.quarantinedAt).toBeUndefined();
      expect(await list()).toEqual([]);
      expect(await crash(4)).toMatchObject({ crashes: 1 });
    });

    it('fails to lift what is not quarantined', async () => {
      const { crash, release } = openService();
      expect((await caughtFrom(release(1))).code).toBe('registry.not_quarantined');
      await crash(1);
      expect(await caughtFrom(release(1))).toMatchObject({ code: 'registry.not_quarantined', details: { version: 1 } });
    });
  });
}
