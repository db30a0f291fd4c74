import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import type { ArtifactStore } from '../../../core/ports/artifact-store.ts';
import { createModelCache } from '../../../core/usecases/model-cache.ts';
import { aVersion } from '../../support/a-version.ts';
import { fakeRuntime, gate } from '../../support/fake-runtime.ts';
import { memoryArtifactStore } from '../../support/memory-artifact-store.ts';

const MIB = 1024 * 1024;

/** A version whose model is estimated at 4 MiB: twice its 1 MiB, and 2 MiB beside. */
const version = (number: number, bytes = MIB): ModelVersion =>
  aVersion({ version: number, artifact: { ...aVersion().artifact, bytes } });

function open({
  limitMiB = 8,
  artifacts = { readArtifact: async () => new Uint8Array() } as unknown as ArtifactStore,
} = {}) {
  const runtime = fakeRuntime();
  const cache = createModelCache({ artifacts, runtime, limitBytes: limitMiB * MIB });
  const touch = (number: number, bytes?: number) =>
    cache.use(version(number, bytes), async (serving) => serving.version.version);
  const held = () => [...runtime.held].map((key) => Number(key.split('@')[1]));
  return { runtime, cache, touch, held };
}

describe('createModelCache', () => {
  it('loads a version once, and gives it with its record', async () => {
    const { runtime, touch } = open();
    expect([await touch(1), await touch(1)]).toEqual([1, 1]);
    expect(runtime.loads).toEqual(['fraud@1']);
  });

  it('loads once where many ask for the first time at once', async () => {
    const { runtime, cache } = open();
    const door = gate();
    runtime.onLoad = () => door.passed;
    const uses = Array.from({ length: 20 }, () => cache.use(version(1), async ({ model }) => model));
    await turn();
    door.open();
    expect(new Set(await Promise.all(uses)).size).toBe(1);
    expect(runtime.loads).toHaveLength(1);
  });

  it('releases those unused for the longest, and stays within its limit', async () => {
    const { runtime, cache, touch, held } = open({ limitMiB: 12 });
    for (const number of [1, 2, 3]) await touch(number);
    expect(held()).toEqual([1, 2, 3]);
    await touch(1);
    await touch(4);
    expect(held()).toEqual([1, 3, 4]);
    await touch(5, 4 * MIB);
    expect(held()).toEqual([5]);
    expect(cache.heldBytes()).toBe(10 * MIB);
    await touch(1);
    expect(runtime.loads).toEqual([1, 2, 3, 4, 5, 1].map((number) => `fraud@${number}`));
  });

  it('keeps services apart that have the same version number', async () => {
    const { runtime, cache } = open();
    await cache.use(version(1), async () => undefined);
    await cache.use({ ...version(1), service: 'other' }, async () => undefined);
    expect([...runtime.held]).toEqual(['fraud@1', 'other@1']);
  });

  it('serves a single version that is larger than the limit', async () => {
    const { touch, held } = open({ limitMiB: 1 });
    expect(await touch(1)).toBe(1);
    expect(held()).toEqual([1]);
    expect(await touch(2)).toBe(2);
    expect(held()).toEqual([2]);
  });

  it('never releases a version that is in use, and makes up for it later', async () => {
    const { cache, touch, held } = open({ limitMiB: 4 });
    const door = gate();
    const answers = [1, 2, 3].map((number) =>
      cache.use(version(number), async ({ model }) => {
        await door.passed;
        // A released model would refuse.
        return model.run([], ['y']);
      }),
    );
    await turn();
    expect(held()).toEqual([1, 2, 3]);
    door.open();
    await expect(Promise.all(answers)).resolves.toHaveLength(3);
    await touch(4);
    expect(held()).toEqual([4]);
  });

  it('never releases a version under use by any number of random users', async () => {
    const { runtime, cache } = open({ limitMiB: 12 });
    runtime.onLoad = () => turn();
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const uses = Array.from({ length: 300 }, async () => {
      for (let waits = random(40); waits > 0; waits -= 1) await turn();
      return cache.use(version(1 + random(10)), async ({ model }) => {
        for (let waits = random(3); waits > 0; waits -= 1) await turn();
        return model.run([], ['y']);
      });
    });
    await expect(Promise.all(uses)).resolves.toHaveLength(300);
    await cache.use(version(1), async () => undefined);
    expect(runtime.held.size * 4 * MIB).toBe(cache.heldBytes());
  });

  it('fails everybody who waits for a load that fails, and tries again for the next', async () => {
    const { runtime, cache, touch } = open();
    runtime.onLoad = () => Promise.reject(new Error('broken'));
    const settled = await Promise.allSettled([touch(1), touch(1)]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(runtime.loads).toHaveLength(1);
    expect(cache.heldBytes()).toBe(0);
    runtime.onLoad = () => undefined;
    expect(await touch(1)).toBe(1);
    expect(cache.heldBytes()).toBe(4 * MIB);
  });

  it('fails for an artifact that cannot be read, and holds nothing of it', async () => {
    const { cache, touch } = open({ artifacts: memoryArtifactStore() });
    await expect(touch(1)).rejects.toMatchObject({ code: 'artifact.unavailable' });
    expect(cache.heldBytes()).toBe(0);
  });

  it('keeps a version after work on it has failed', async () => {
    const { runtime, cache, touch } = open({ limitMiB: 4 });
    await expect(cache.use(version(1), () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    await touch(1);
    expect(runtime.loads).toHaveLength(1);
    await touch(2);
    expect([...runtime.held]).toEqual(['fraud@2']);
  });
});
