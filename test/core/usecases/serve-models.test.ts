import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../core/domain/errors.ts';
import { promote, rollBack } from '../../../core/domain/registry/champion.ts';
import type { ArtifactStore } from '../../../core/ports/artifact-store.ts';
import type { ModelRegistry, ServiceState } from '../../../core/ports/model-registry.ts';
import { createModelCache } from '../../../core/usecases/model-cache.ts';
import { createModelServer } from '../../../core/usecases/serve-models.ts';
import { aDraft, aRollout } from '../../support/a-version.ts';
import { caughtFrom } from '../../support/caught.ts';
import { fakeRuntime, gate, modelFailed } from '../../support/fake-runtime.ts';
import { manualTime } from '../../support/manual-time.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';

const MIB = 1024 * 1024;
const AT = '2026-06-01T12:00:00.000Z';
const HOUR_MS = 3_600_000;

const unavailable = () =>
  new PlatformError('registry.unavailable', { message: 'the registry is down', details: { operation: 'GetItem' } });

/** A model server over ports in memory, with time and weather in the test's hands. */
function world({ limitMiB = 100 } = {}) {
  const stored = memoryModelRegistry();
  const time = manualTime();
  const runtime = fakeRuntime();
  const faults: string[] = [];
  const asked: string[] = [];
  // Every call of the server passes here first; tests replace it to bring the registry or the store down.
  const weather = { registry: async () => undefined as unknown, artifacts: async () => undefined as unknown };
  const registry = new Proxy(stored, {
    get: (target, name: keyof ModelRegistry) => async (service: string, number: number) => {
      asked.push(`${name} ${service}`);
      await weather.registry();
      return (target[name] as (service: string, number: number) => unknown)(service, number);
    },
  });
  const artifacts = {
    readArtifact: async () => {
      await weather.artifacts();
      return new Uint8Array();
    },
  } as unknown as ArtifactStore;
  const cache = createModelCache({ artifacts, runtime, limitBytes: limitMiB * MIB });
  const server = createModelServer({
    registry,
    cache,
    monotonicMs: time.monotonicMs,
    sleep: time.sleep,
    onFault: ({ what }) => void faults.push(what),
  });

  const move = async (service: string, change: (state: ServiceState) => ServiceState) => {
    const next = change((await stored.findService(service)) as ServiceState);
    await stored.moveChampion(next, aRollout(next, { id: `${service}-${next.revision}` }));
  };
  const register = async (service: string, count: number) => {
    for (let i = 0; i < count; i += 1) await stored.appendVersion(aDraft({ service }));
  };
  const promoteTo = (version: number, service = 'fraud') => move(service, (state) => promote(state, version, AT));

  /** The number of the version that answers. */
  const ask = async (service = 'fraud', version?: number): Promise<number> => {
    const inference = await server.infer({ service, version }, () => ({
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: new Float32Array(2) }],
    }));
    expect(inference.outputs[0]?.data[0]).toBe(inference.version.version);
    return inference.version.version;
  };
  /** As `ask`, with time moving on until the answer is there. */
  const askSlowly = async (): Promise<{ version: number; waitedMs: number }> => {
    const start = time.monotonicMs();
    let answer: { version: number; waitedMs: number } | undefined;
    const asking = ask().then((version) => {
      answer = { version, waitedMs: time.monotonicMs() - start };
    });
    for (let i = 0; i < 1_000 && answer === undefined; i += 1) await time.advance(10);
    await asking;
    return answer as { version: number; waitedMs: number };
  };
  /** One request each 100 ms. @returns the versions that answered */
  const traffic = async (durationMs: number): Promise<number[]> => {
    const versions: number[] = [];
    for (let ms = 0; ms < durationMs; ms += 100) {
      versions.push(await ask());
      await time.advance(100);
    }
    return versions;
  };

  return { time, runtime, faults, asked, weather, cache, server, register, promoteTo, move, ask, askSlowly, traffic };
}

/** A world with a service `fraud` of `count` versions, of which 1 is champion and warm. */
async function serving(count = 2) {
  const made = world();
  await made.register('fraud', count);
  await made.promoteTo(1);
  expect(await made.ask()).toBe(1);
  return made;
}

describe('a promotion', () => {
  it('takes effect within 2 s under traffic, without a failed request', async () => {
    const { promoteTo, traffic, faults } = await serving();
    expect(await traffic(3_000)).toEqual(new Array(30).fill(1));
    await promoteTo(2);
    const versions = await traffic(2_000);
    expect(versions.at(-1)).toBe(2);
    // Once the new one has answered, the old one does not come back.
    expect(versions).toEqual(versions.toSorted());
    expect(faults).toEqual([]);
  });

  it.each([{ idleMs: 1_300 }, { idleMs: HOUR_MS }])(
    'takes effect at the first request after $idleMs ms without traffic',
    async ({ idleMs }) => {
      const { promoteTo, ask, time } = await serving();
      await promoteTo(2);
      await time.advance(idleMs);
      expect(await ask()).toBe(2);
    },
  );

  it('has taken effect 2 s later, whenever requests come', async () => {
    for (let quietMs = 0; quietMs < 2_000; quietMs += 100) {
      const { promoteTo, ask, time } = await serving();
      await promoteTo(2);
      await time.advance(quietMs);
      await ask();
      await time.advance(2_000 - quietMs);
      expect(await ask()).toBe(2);
    }
  });

  it('leaves the old version answering while the new one is being loaded', async () => {
    const { promoteTo, traffic, runtime, askSlowly, time } = await serving();
    const door = gate();
    runtime.onLoad = () => door.passed;
    await promoteTo(2);
    expect(await traffic(1_000)).toEqual(new Array(10).fill(1));
    await time.advance(HOUR_MS);
    expect(await askSlowly()).toEqual({ version: 1, waitedMs: 0 });
    door.open();
    await time.advance(0);
    expect(await askSlowly()).toMatchObject({ version: 2 });
    expect(runtime.loads).toEqual(['fraud@1', 'fraud@2']);
  });

  it('waits for a new version no longer than 1.3 s, at the first request only', async () => {
    const { promoteTo, runtime, askSlowly, time } = await serving();
    runtime.onLoad = () => gate().passed;
    await promoteTo(2);
    await time.advance(HOUR_MS);
    const first = await askSlowly();
    expect(first.version).toBe(1);
    expect(first.waitedMs).toBeGreaterThan(0);
    expect(first.waitedMs).toBeLessThanOrEqual(1_310);
    for (let i = 0; i < 20; i += 1) {
      expect(await askSlowly()).toEqual({ version: 1, waitedMs: 0 });
      await time.advance(200);
    }
  });

  it('does not take effect while the new version cannot be loaded, which is tried again after 5 s', async () => {
    const { promoteTo, traffic, runtime, faults } = await serving();
    runtime.onLoad = () => Promise.reject(modelFailed('fraud', 2));
    await promoteTo(2);
    expect(await traffic(4_500)).toEqual(new Array(45).fill(1));
    expect(faults).toEqual(['version 2 could not be loaded']);
    await traffic(5_000);
    expect(faults).toHaveLength(2);
    runtime.onLoad = () => undefined;
    expect((await traffic(6_500)).at(-1)).toBe(2);
    expect(faults).toHaveLength(2);
  });

  it('takes effect at once for another version than the one that cannot be loaded', async () => {
    const { promoteTo, traffic, runtime } = await serving(3);
    runtime.onLoad = (key) => (key === 'fraud@2' ? Promise.reject(modelFailed('fraud', 2)) : undefined);
    await promoteTo(2);
    await traffic(1_000);
    await promoteTo(3);
    expect((await traffic(2_000)).at(-1)).toBe(3);
  });

  it('leaves the old version answering where the new one fails before it has ever answered', async () => {
    const { promoteTo, traffic, runtime, faults, ask } = await serving();
    runtime.onRun = (key) => (key === 'fraud@2' ? Promise.reject(modelFailed('fraud', 2)) : undefined);
    await promoteTo(2);
    expect(await traffic(3_000)).toEqual(new Array(30).fill(1));
    expect(faults).toContain('version 2 failed before it had ever answered');
    // It may only have been the sample that it cannot take.
    runtime.onRun = () => undefined;
    expect(await ask()).toBe(2);
    runtime.onRun = () => Promise.reject(modelFailed('fraud', 2));
    expect((await caughtFrom(ask())).code).toBe('infer.model_failed');
  });

  it('is proven by a sample, so that a later failure is the new version’s own', async () => {
    const { promoteTo, ask, runtime, time } = await serving();
    await promoteTo(2);
    await time.advance(600);
    await ask();
    await time.advance(0);
    runtime.onRun = () => Promise.reject(modelFailed('fraud', 2));
    expect(await caughtFrom(ask())).toMatchObject({ code: 'infer.model_failed', details: { version: 2 } });
  });

  it('does not take effect where the sample meets a bug', async () => {
    const { promoteTo, traffic, runtime, faults } = await serving();
    runtime.onRun = (key) => (key === 'fraud@2' ? Promise.reject(new TypeError('bug')) : undefined);
    await promoteTo(2);
    expect(await traffic(2_000)).toEqual(new Array(20).fill(1));
    expect(faults).toEqual(['version 2 could not be loaded']);
  });

  it('does not hide a caller’s mistake behind the old version', async () => {
    const { promoteTo, server, runtime, time, ask } = await serving();
    runtime.onRun = (key) => (key === 'fraud@2' ? Promise.reject(modelFailed('fraud', 2)) : undefined);
    await promoteTo(2);
    await time.advance(HOUR_MS);
    expect(await ask()).toBe(1);
    expect(await caughtFrom(server.infer({ service: 'fraud' }, () => ({ inputs: [] })))).toMatchObject({
      code: 'infer.input_missing',
    });
  });

  it('can be rolled back, which takes effect alike', async () => {
    const { promoteTo, move, traffic, runtime } = await serving();
    await promoteTo(2);
    await traffic(2_000);
    await move('fraud', (state) => rollBack(state, AT));
    expect((await traffic(2_000)).at(-1)).toBe(1);
    expect(runtime.loads).toEqual(['fraud@1', 'fraud@2']);
  });

  it('takes effect where the old version could never be loaded', async () => {
    const made = world();
    await made.register('fraud', 2);
    await made.promoteTo(1);
    made.runtime.onLoad = (key) => (key === 'fraud@1' ? Promise.reject(modelFailed('fraud', 1)) : undefined);
    expect((await caughtFrom(made.ask())).code).toBe('infer.model_failed');
    await made.promoteTo(2);
    await made.time.advance(HOUR_MS);
    expect(await made.ask()).toBe(2);
  });
});

describe('an outage', () => {
  it('of the registry is not noticed by requests, and the registry is not hammered', async () => {
    const { weather, traffic, asked, faults, time, askSlowly } = await serving();
    weather.registry = () => Promise.reject(unavailable());
    asked.length = 0;
    expect(await traffic(10_000)).toEqual(new Array(100).fill(1));
    expect(asked.length).toBeLessThanOrEqual(20);
    expect(faults.length).toBe(asked.length);
    await time.advance(HOUR_MS);
    expect(await askSlowly()).toEqual({ version: 1, waitedMs: 0 });
  });

  it('of a registry that hangs holds one request back for at most 300 ms, the others not at all', async () => {
    const { weather, askSlowly, time, traffic } = await serving();
    weather.registry = () => gate().passed;
    await time.advance(HOUR_MS);
    expect((await askSlowly()).waitedMs).toBe(300);
    for (let i = 0; i < 10; i += 1) {
      expect(await askSlowly()).toEqual({ version: 1, waitedMs: 0 });
      await time.advance(500);
    }
    expect(await traffic(1_000)).toEqual(new Array(10).fill(1));
  });

  it('of the artifact store is not noticed by what is in memory; a promotion waits for its end', async () => {
    const { weather, traffic, promoteTo, faults } = await serving();
    weather.artifacts = () => Promise.reject(new Error('S3 is down'));
    await promoteTo(2);
    expect(await traffic(3_000)).toEqual(new Array(30).fill(1));
    expect(faults).toEqual(['version 2 could not be loaded']);
    weather.artifacts = async () => undefined;
    expect((await traffic(7_000)).at(-1)).toBe(2);
  });

  it('of both is not noticed by a version that was asked for by number before', async () => {
    const { weather, ask } = await serving();
    expect(await ask('fraud', 2)).toBe(2);
    weather.registry = () => Promise.reject(unavailable());
    weather.artifacts = () => Promise.reject(new Error('S3 is down'));
    expect(await ask('fraud', 2)).toBe(2);
    expect(await ask('fraud', 1)).toBe(1);
  });

  it('fails the first request of a cold process, and the next one is answered', async () => {
    const made = world();
    await made.register('fraud', 1);
    await made.promoteTo(1);
    made.weather.registry = () => Promise.reject(unavailable());
    expect((await caughtFrom(made.ask())).code).toBe('registry.unavailable');
    made.weather.registry = async () => undefined;
    expect(await made.ask()).toBe(1);
  });
});

describe('what is served', () => {
  it('is any version by number, beside the champion', async () => {
    const { ask } = await serving(3);
    expect([await ask('fraud', 3), await ask('fraud', 2), await ask()]).toEqual([3, 2, 1]);
  });

  it.each([
    { what: 'a service nobody registered', service: 'nobody', version: undefined, code: 'registry.service_not_found' },
    { what: 'a version of such a service', service: 'nobody', version: 1, code: 'registry.service_not_found' },
    { what: 'a version that does not exist', service: 'fraud', version: 9, code: 'registry.version_not_found' },
  ])('fails for $what', async ({ service, version, code }) => {
    const { ask } = await serving();
    const error = await caughtFrom(ask(service, version));
    expect(error.code).toBe(code);
    expect(error.message).toContain('Request for unknown model');
  });

  it('fails for a name that cannot be registered, without asking the registry', async () => {
    const { ask, asked } = await serving();
    asked.length = 0;
    for (const name of ['', '../fraud', 'x'.repeat(5_000)]) {
      expect((await caughtFrom(ask(name))).code).toBe('registry.service_not_found');
      expect((await caughtFrom(ask(name, 1))).code).toBe('registry.service_not_found');
    }
    expect(asked).toEqual([]);
  });

  it('fails while nothing is rolled out, and answers from the first rollout on', async () => {
    const { register, promoteTo, ask } = world();
    await register('fraud', 1);
    expect(await caughtFrom(ask())).toMatchObject({ code: 'infer.no_version', details: { service: 'fraud' } });
    await promoteTo(1);
    expect(await ask()).toBe(1);
  });

  it('is loaded once where the first requests come at once', async () => {
    const made = world();
    await made.register('fraud', 1);
    await made.promoteTo(1);
    expect(await Promise.all(Array.from({ length: 20 }, () => made.ask()))).toEqual(new Array(20).fill(1));
    expect(made.runtime.loads).toEqual(['fraud@1']);
  });

  it('stays bounded with 300 services in a small cache', async () => {
    const { register, promoteTo, ask, runtime, cache } = world({ limitMiB: 50 });
    for (let i = 0; i < 300; i += 1) {
      await register(`s${i}`, 1);
      await promoteTo(1, `s${i}`);
    }
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 300; i += 1) expect(await ask(`s${i}`)).toBe(1);
      expect(cache.heldBytes()).toBeLessThanOrEqual(50 * MIB);
      expect(runtime.held.size).toBeLessThanOrEqual(25);
    }
    const before = runtime.loads.length;
    for (let round = 0; round < 5; round += 1) for (let i = 0; i < 20; i += 1) await ask(`s${i}`);
    expect(runtime.loads.length - before).toBe(20);
  });

  it('computes the outputs that are asked for, and fails for others', async () => {
    const { server } = await serving();
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: new Float32Array(2) }] as const;
    const { outputs } = await server.infer({ service: 'fraud' }, () => ({ inputs, outputs: ['y'] }));
    expect(outputs.map(({ name }) => name)).toEqual(['y']);
    const unknown = server.infer({ service: 'fraud' }, () => ({ inputs, outputs: ['z'] }));
    expect((await caughtFrom(unknown)).code).toBe('infer.output_unknown');
  });

  it('is described with all versions, newest first, and is ready once loaded', async () => {
    const { server, runtime } = await serving(3);
    const described = await server.describe({ service: 'fraud' });
    expect(described.versions).toEqual([3, 2, 1]);
    expect(described.version.version).toBe(1);
    expect((await server.describe({ service: 'fraud', version: 2 })).version.version).toBe(2);
    expect(runtime.loads).toEqual(['fraud@1']);
    expect((await server.ready({ service: 'fraud', version: 3 })).version).toBe(3);
    expect(runtime.loads).toEqual(['fraud@1', 'fraud@3']);
  });

  it('is remembered for 500 versions, so that a process cannot grow without end', async () => {
    const { register, ask, asked } = world({ limitMiB: 10_000 });
    await register('fraud', 501);
    for (let version = 1; version <= 501; version += 1) await ask('fraud', version);
    asked.length = 0;
    await ask('fraud', 501);
    await ask('fraud', 2);
    expect(asked).toEqual([]);
    await ask('fraud', 1);
    expect(asked).toEqual(['findVersion fraud']);
  });
});
