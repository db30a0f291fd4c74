import type { ModelVersion } from '../contracts/api.ts';
import { type ErrorCode, isPlatformError, PlatformError } from '../domain/errors.ts';
import { checkInputs, chooseOutputs } from '../domain/inference/check-inputs.ts';
import { sampleInputs } from '../domain/inference/sample-inputs.ts';
import type { Tensor } from '../domain/inference/tensor.ts';
import type { RegistryReader } from '../ports/model-reader.ts';
import type { LoadedModel, RunOptions } from '../ports/model-runtime.ts';
import { requireService, requireVersion } from './find-service.ts';
import type { ModelCache } from './model-cache.ts';

export interface ServeModelsDependencies {
  readonly registry: RegistryReader;
  readonly cache: ModelCache;
  /** A monotonic clock in milliseconds: staleness must not depend on the wall being set. */
  readonly monotonicMs: () => number;
  /** Resolves after `ms` milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Told of faults that no request may notice: a registry that cannot be asked, a new version that cannot be loaded. */
  readonly onFault: (fault: { what: string; service: string; error: unknown }) => void;
}

export interface Inference {
  readonly version: ModelVersion;
  readonly outputs: readonly Tensor[];
}

/** Makes a request's tensors for a model: protocols that carry no types need the signature first. */
export type MakeInputs = (version: ModelVersion) => {
  inputs: readonly Tensor[];
  outputs?: readonly string[] | undefined;
};

export interface ModelServer {
  /**
   * Answers with the named version, or with the champion.
   *
   * @throws `registry.service_not_found`, `registry.version_not_found`, `infer.no_version`, and what checking and running throw
   */
  infer(
    target: { service: string; version?: number | undefined },
    makeInputs: MakeInputs,
    options?: RunOptions,
  ): Promise<Inference>;
  /** The version that would answer, loaded. */
  ready(target: { service: string; version?: number | undefined }): Promise<ModelVersion>;
  /** Gives back the memory of the version that would answer, until it is asked again. */
  unload(service: string): Promise<ModelVersion>;
  /** The version that would answer, and all version numbers, newest first. */
  describe(target: {
    service: string;
    version?: number | undefined;
  }): Promise<{ version: ModelVersion; versions: readonly number[] }>;
}

/**
 * How old the answer to "who is champion?" may be. A busy function asks in the background while it answers, so that no
 * request waits; one that has been idle asks before it answers, because its first answer may come hours after a promotion.
 */
const REFRESH_AFTER_MS = 500;
const STALE_AFTER_MS = 1_200;
/** How long a request waits for the registry, and then for a new champion to be loaded, while an old one could answer. */
const ASK_LIMIT_MS = 300;
const SWITCH_LIMIT_MS = 1_000;
/** How long a version that could not be loaded is left alone. */
const RETRY_SWITCH_AFTER_MS = 5_000;
/** How long a new champion may take over the sample that it is tried with, while the old one answers. */
const SAMPLE_LIMIT_MS = 5_000;

/** What this process knows of one service. */
interface Pointer {
  /** Answers requests. */
  serving: ModelVersion;
  /** Answered before; kept until `serving` has answered once. */
  previous?: ModelVersion | undefined;
  checkedAt: number;
  refreshing?: Promise<void> | undefined;
  /** When the registry was last asked, answered or not. */
  askedAt: number;
  failedSwitch?: { version: number; at: number } | undefined;
}

/**
 * Serves models by name: the champion as the registry points to it, or any version by number.
 *
 * A promotion takes effect within 2 s without a failed request: the new version is loaded while the old one answers, and
 * the old one still answers where the new one fails before it has ever succeeded. With the registry or the artifact store
 * out of reach, whatever is in memory goes on serving.
 */
export function createModelServer(dependencies: ServeModelsDependencies): ModelServer {
  const { registry, cache, monotonicMs, sleep, onFault } = dependencies;
  const pointers = new Map<string, Pointer>();
  const versionOf = rememberVersions(registry);

  const championOf = async (service: string): Promise<ModelVersion> => {
    const { champion } = await requireService(registry, service);
    if (champion === null) throw noVersion(service);
    return versionOf(service, champion);
  };

  /** Loads the new champion and lets it answer a sample; the pointer moves only when it has. */
  const switchTo = async (pointer: Pointer, next: ModelVersion): Promise<void> => {
    const failed = pointer.failedSwitch;
    if (failed?.version === next.version && monotonicMs() - failed.at < RETRY_SWITCH_AFTER_MS) return;
    try {
      const untilMs = monotonicMs() + SAMPLE_LIMIT_MS;
      const proven = await cache.use(next, ({ model }) =>
        answersSample(next, model, { remainingMs: () => untilMs - monotonicMs() }),
      );
      pointer.previous = proven ? undefined : pointer.serving;
      pointer.serving = next;
      pointer.failedSwitch = undefined;
    } catch (error) {
      pointer.failedSwitch = { version: next.version, at: monotonicMs() };
      onFault({ what: `version ${next.version} could not be loaded`, service: next.service, error });
    }
  };

  const refresh = (service: string, pointer: Pointer): Promise<void> => {
    pointer.refreshing ??= (async () => {
      pointer.askedAt = monotonicMs();
      try {
        const { champion } = await requireService(registry, service);
        pointer.checkedAt = monotonicMs();
        if (champion !== null && champion !== pointer.serving.version) {
          await switchTo(pointer, await versionOf(service, champion));
        }
      } catch (error) {
        // The next attempt is as far away as after a success: a registry that is down is not hammered.
        pointer.checkedAt = monotonicMs();
        onFault({ what: 'the registry could not be asked for the champion', service, error });
      } finally {
        pointer.refreshing = undefined;
      }
    })();
    return pointer.refreshing;
  };

  const currentPointer = async (service: string): Promise<Pointer> => {
    const known = pointers.get(service);
    if (known === undefined) {
      const serving = await championOf(service);
      const pointer: Pointer = { serving, checkedAt: monotonicMs(), askedAt: monotonicMs() };
      // Of two first requests at once the pointer of the first to arrive here is kept.
      const winner = pointers.get(service) ?? pointer;
      pointers.set(service, winner);
      return winner;
    }
    const ageMs = monotonicMs() - known.checkedAt;
    if (ageMs > STALE_AFTER_MS) {
      const refreshed = refresh(service, known);
      // Counted from the question: while a registry hangs, only the requests of the first moment wait for it.
      const patienceMs = ASK_LIMIT_MS - (monotonicMs() - known.askedAt);
      if (patienceMs > 0) await Promise.race([refreshed, sleep(patienceMs)]);
      // Asked and answered, but the new champion is still being loaded: worth a little longer.
      if (known.refreshing && monotonicMs() - known.checkedAt < STALE_AFTER_MS) {
        await Promise.race([refreshed, sleep(SWITCH_LIMIT_MS)]);
      }
    } else if (ageMs > REFRESH_AFTER_MS) void refresh(service, known);
    return known;
  };

  const run = (version: ModelVersion, makeInputs: MakeInputs, options: RunOptions | undefined): Promise<Inference> =>
    cache.use(
      version,
      async ({ model }) => {
        const { inputs, outputs: requested } = makeInputs(version);
        checkInputs(version.signature, inputs);
        const names = chooseOutputs(version.signature, requested);
        return { version, outputs: await model.run(inputs, names, options) };
      },
      options,
    );

  const runChampion = async (
    service: string,
    makeInputs: MakeInputs,
    options: RunOptions | undefined,
  ): Promise<Inference> => {
    const pointer = await currentPointer(service);
    const { serving, previous } = pointer;
    try {
      const inference = await run(serving, makeInputs, options);
      if (pointer.serving === serving) pointer.previous = undefined;
      return inference;
    } catch (error) {
      if (previous === undefined || !isModelFault(error)) throw error;
      onFault({ what: `version ${serving.version} failed before it had ever answered`, service, error });
      return run(previous, makeInputs, options);
    }
  };

  const resolve = async (target: { service: string; version?: number | undefined }): Promise<ModelVersion> =>
    target.version === undefined
      ? (await currentPointer(target.service)).serving
      : versionOf(target.service, target.version);

  return {
    infer: async (target, makeInputs, options) =>
      target.version === undefined
        ? runChampion(target.service, makeInputs, options)
        : run(await versionOf(target.service, target.version), makeInputs, options),
    ready: async (target) => {
      const version = await resolve(target);
      return cache.use(version, async () => version);
    },
    unload: async (service) => {
      const version = await resolve({ service });
      await cache.release(version);
      return version;
    },
    describe: async (target) => {
      const version = await resolve(target);
      const versions = await registry.listVersions(target.service);
      return { version, versions: versions.map((candidate) => candidate.version) };
    },
  };
}

/** What a model does wrong, whatever the input: a version that has never answered is not trusted after it. */
const isModelFault = (error: unknown): boolean =>
  isPlatformError(error) &&
  (error.code === 'infer.model_failed' ||
    error.code === 'infer.model_crashed' ||
    error.code === 'infer.model_out_of_memory');

/** How many versions' records are kept; each is a few kilobytes. */
const REMEMBERED_VERSIONS = 500;

/** Looks a version up once: it never changes, and what is remembered serves on while the registry cannot be asked. */
function rememberVersions(registry: RegistryReader): (service: string, version: number) => Promise<ModelVersion> {
  const remembered = new Map<string, ModelVersion>();
  return async (service, version) => {
    const key = `${service}@${version}`;
    const found = remembered.get(key) ?? (await requireVersion(registry, service, version));
    remembered.delete(key);
    remembered.set(key, found);
    const oldest = remembered.keys().next();
    if (remembered.size > REMEMBERED_VERSIONS && !oldest.done) remembered.delete(oldest.value);
    return found;
  };
}

/** Whether the model answers a sample made from its signature. Not every model takes zeros, so a "no" proves nothing. */
async function answersSample(version: ModelVersion, model: LoadedModel, options: RunOptions): Promise<boolean> {
  const sample = sampleInputs(version.signature);
  if (sample === undefined) return false;
  try {
    await model.run(sample, chooseOutputs(version.signature, undefined), options);
    return true;
  } catch (error) {
    if (isPlatformError(error) && UNPROVEN.has(error.code)) return false;
    throw error;
  }
}

const UNPROVEN: ReadonlySet<string> = new Set<ErrorCode>(['infer.model_failed', 'infer.deadline_exceeded']);

const noVersion = (service: string) =>
  new PlatformError('infer.no_version', {
    message: `${service} has versions but none is rolled out; keelson rollout ${service} VERSION`,
    details: { service },
  });
