import { describe, expect, it } from 'vitest';
import type { Idempotency, ModelRegistry } from '../../../core/ports/model-registry.ts';
import { startRollback, startRollout } from '../../../core/usecases/change-champion.ts';
import { aDraft } from '../../support/a-version.ts';
import { caughtFrom } from '../../support/caught.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';
import { memoryVersionHealth } from '../../support/memory-version-health.ts';

const KEY: Idempotency = { key: 'k', fingerprint: 'f', expiresAt: 1 };

async function open(versions = 3) {
  const registry = memoryModelRegistry();
  const quarantine = memoryVersionHealth();
  for (let i = 0; i < versions; i += 1) await registry.appendVersion(aDraft());
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const prepared: number[] = [];
  const prepare = async (_service: string, version: number) => {
    prepared.push(version);
  };
  const rollout = (version: number, idempotency?: Idempotency) =>
    startRollout({ registry, quarantine, newId, prepare })(
      'fraud',
      { version, strategy: 'all-at-once' },
      { now: EVENT_TIME, idempotency },
    );
  const rollback = (idempotency?: Idempotency) =>
    startRollback({ registry, quarantine, newId, prepare })('fraud', { now: EVENT_TIME, idempotency });
  const champion = async () => (await registry.findService('fraud'))?.champion;
  return { registry, quarantine, rollout, rollback, champion, prepared };
}

/** Runs `rival` to its end right after the next time the state is read: the moment at which a race is decided. */
function raceAfterRead(registry: ModelRegistry, rival: () => Promise<unknown>): void {
  const read = registry.findService;
  registry.findService = async (service) => {
    registry.findService = read;
    const state = await read(service);
    await rival();
    return state;
  };
}

/** As `raceAfterRead`, right before the state is read. */
function raceBeforeRead(registry: ModelRegistry, rival: () => Promise<unknown>): void {
  const read = registry.findService;
  registry.findService = async (service) => {
    registry.findService = read;
    await rival();
    return read(service);
  };
}

describe('startRollout', () => {
  it('makes a version champion and records the change', async () => {
    const { registry, rollout, champion, prepared } = await open();
    expect(await rollout(2)).toEqual({
      id: 'id-1',
      service: 'fraud',
      kind: 'rollout',
      strategy: 'all-at-once',
      version: 2,
      previous: null,
      state: 'SUCCEEDED',
      startedAt: '2026-06-01T12:00:00.000Z',
      endedAt: '2026-06-01T12:00:00.000Z',
    });
    expect(await rollout(3)).toMatchObject({ id: 'id-2', version: 3, previous: 2 });
    expect(await champion()).toBe(3);
    expect(await registry.listRollouts('fraud')).toHaveLength(2);
    expect(prepared).toEqual([2, 3]);
  });

  it('fails for a version that is quarantined, until that is lifted', async () => {
    const { quarantine, rollout, rollback, champion } = await open();
    await rollout(1);
    await rollout(2);
    for (const version of [1, 1, 1, 3, 3, 3]) {
      await quarantine.record('fraud', version, { now: EVENT_TIME, reason: 'infer.model_crashed' });
    }
    expect(await caughtFrom(rollout(3))).toMatchObject({
      code: 'registry.version_quarantined',
      details: { version: 3 },
    });
    expect(await caughtFrom(rollback())).toMatchObject({
      code: 'registry.version_quarantined',
      details: { version: 1 },
    });
    expect(await champion()).toBe(2);
    await quarantine.release('fraud', 3, { now: EVENT_TIME });
    expect(await rollout(3)).toMatchObject({ version: 3 });
  });

  it('fails for a service that was never registered', async () => {
    const { rollout } = await open(0);
    expect((await caughtFrom(rollout(1))).code).toBe('registry.service_not_found');
  });

  it('fails for a version that does not exist, and for the champion itself', async () => {
    const { rollout } = await open();
    expect((await caughtFrom(rollout(4))).code).toBe('registry.version_not_found');
    await rollout(1);
    expect((await caughtFrom(rollout(1))).code).toBe('registry.already_champion');
  });

  it('fails where somebody else has changed the champion in between', async () => {
    const { registry, rollout, champion } = await open();
    raceAfterRead(registry, () => rollout(3));
    expect((await caughtFrom(rollout(2))).code).toBe('registry.revision_conflict');
    expect(await champion()).toBe(3);
  });

  it('answers the same request again with the same change', async () => {
    const { registry, rollout } = await open();
    const first = await rollout(2, KEY);
    await rollout(3);
    expect(await rollout(2, KEY)).toEqual(first);
    expect(await registry.listRollouts('fraud')).toHaveLength(2);
  });
});

describe('startRollback', () => {
  it('goes one champion back each time', async () => {
    const { rollout, rollback, champion, prepared } = await open();
    for (const version of [1, 2, 3]) await rollout(version);
    expect(await rollback()).toMatchObject({ kind: 'rollback', version: 2, previous: 3 });
    expect(await rollback()).toMatchObject({ version: 1, previous: 2 });
    expect(prepared).toEqual([1, 2, 3, 2, 1]);
    expect(await champion()).toBe(1);
    expect((await caughtFrom(rollback())).code).toBe('registry.nothing_to_roll_back');
  });

  it('fails for a service that was never registered', async () => {
    const { rollback } = await open(0);
    expect((await caughtFrom(rollback())).code).toBe('registry.service_not_found');
  });

  it('goes back once for the same request', async () => {
    const { rollout, rollback, champion } = await open();
    for (const version of [1, 2, 3]) await rollout(version);
    const first = await rollback(KEY);
    expect(await rollback(KEY)).toEqual(first);
    expect(await champion()).toBe(2);
  });
});

describe('a request and its repeat at the same time', () => {
  it.each([
    { when: 'before the state is read', race: raceBeforeRead },
    { when: 'after the state is read', race: raceAfterRead },
  ])('get the same answer where the repeat comes $when', async ({ race }) => {
    const { registry, rollout, rollback, champion } = await open();
    await rollout(1);
    for (const request of [() => rollout(2, KEY), () => rollback({ ...KEY, key: 'back' })]) {
      let rival: unknown;
      race(registry, async () => {
        rival = await request();
      });
      expect(await request()).toEqual(rival);
    }
    expect(await champion()).toBe(1);
    expect(await registry.listRollouts('fraud')).toHaveLength(3);
  });
});
