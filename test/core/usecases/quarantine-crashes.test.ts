import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../core/domain/errors.ts';
import type { LoadedModel, ModelToLoad } from '../../../core/ports/model-runtime.ts';
import type { CrashRecords } from '../../../core/ports/version-health.ts';
import { quarantineCrashes } from '../../../core/usecases/quarantine-crashes.ts';
import { caughtFrom } from '../../support/caught.ts';
import { fakeRuntime } from '../../support/fake-runtime.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { memoryVersionHealth } from '../../support/memory-version-health.ts';

const MODEL: ModelToLoad = { service: 'fraud', version: 1, signature: { inputs: [], outputs: [] } };
const details = { service: 'fraud', version: 1 };
const crashed = () => new PlatformError('infer.model_crashed', { message: 'it ended its process', details });
const late = () =>
  new PlatformError('infer.deadline_exceeded', { message: 'too late', details: { ...details, limitMs: 1 } });

function open(change: Partial<CrashRecords> = {}, { isLost }: { isLost?: () => boolean } = {}) {
  const native = fakeRuntime();
  const health = memoryVersionHealth();
  const faults: string[] = [];
  const runtime = quarantineCrashes({
    native: isLost ? { load: async () => ({ ...(await crashing()), isLost }) } : native,
    records: { ...health, ...change },
    now: () => EVENT_TIME,
    sleep: async () => undefined,
    onFault: ({ what }) => void faults.push(what),
  });
  const load = async () => {
    await runtime.prepare?.(MODEL);
    return runtime.load(new Uint8Array(), MODEL);
  };
  const crash = async () => {
    const model = await load();
    native.onRun = () => {
      throw crashed();
    };
    return (await caughtFrom(model.run([], ['y']))).code;
  };
  return { native, health, faults, load, crash };
}

const crashing = async (): Promise<LoadedModel> => ({
  run: () => Promise.reject(crashed()),
  release: async () => undefined,
});

/** Nothing is waited for in vain: what is asked never answers. */
const never = () => new Promise<never>(() => undefined);

describe('quarantine', () => {
  it('refuses a version after its third crash, and says what to do', async () => {
    const { load, crash, faults } = open();
    for (let i = 0; i < 3; i += 1) expect(await crash()).toBe('infer.model_crashed');
    const error = await caughtFrom(load());
    expect(error).toMatchObject({ code: 'infer.quarantined', details: { ...details, crashes: 3 } });
    expect(error.message).toContain('keelson quarantine fraud --release 1');
    expect(faults).toEqual(['version 1 is quarantined after 3 crashes']);
  });

  it('counts a crash while a model is loaded', async () => {
    const { native, health, load } = open();
    native.onLoad = () => {
      throw crashed();
    };
    expect((await caughtFrom(load())).code).toBe('infer.model_crashed');
    expect(await health.find('fraud', 1, { now: EVENT_TIME })).toMatchObject({
      crashes: 1,
      reason: 'infer.model_crashed',
    });
  });

  it('counts neither answers, nor mistakes, nor deadlines: three large requests must not take a service away', async () => {
    const { native, health, load } = open();
    const model = await load();
    expect(await model.run([], ['y'])).toHaveLength(1);
    native.onRun = () => {
      throw late();
    };
    expect((await caughtFrom(model.run([], ['y']))).code).toBe('infer.deadline_exceeded');
    expect(await health.find('fraud', 1, { now: EVENT_TIME })).toBeUndefined();
  });

  it('does not count memory that was refused without the loss of the process', async () => {
    const { health, load } = open({}, { isLost: () => false });
    const model = await load();
    await expect(model.run([], ['y'])).rejects.toMatchObject({ code: 'infer.model_crashed' });
    expect(await health.find('fraud', 1, { now: EVENT_TIME })).toBeUndefined();
  });

  it('serves on where the records cannot be read or written, or do not answer', async () => {
    const failing = open({
      find: () => Promise.reject(new Error('away')),
      record: () => Promise.reject(new Error('away')),
    });
    expect(await failing.crash()).toBe('infer.model_crashed');
    expect(failing.faults).toEqual(['the crashes of a version could not be read', 'a crash could not be recorded']);
    const silent = open({ find: never, record: never });
    expect(await silent.crash()).toBe('infer.model_crashed');
  });
});
