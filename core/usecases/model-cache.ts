import type { ModelVersion } from '../contracts/api.ts';
import { isPlatformError } from '../domain/errors.ts';
import type { ArtifactReader } from '../ports/model-reader.ts';
import type { LoadedModel, ModelRuntime, RunOptions } from '../ports/model-runtime.ts';

/** A version in memory with what the registry knows of it. */
export interface ServingModel {
  readonly version: ModelVersion;
  readonly model: LoadedModel;
}

export interface ModelCache {
  /**
   * Runs `work` with the version in memory, loading it first where it is not; it is not released before `work` has ended.
   * Where another request or model has ended the process that both were in, it is loaded again and `work` runs again, three times
   * in all.
   */
  use<T>(version: ModelVersion, work: (serving: ServingModel) => Promise<T>, options?: RunOptions): Promise<T>;
  /** Gives a version's memory back; does nothing where it is not in memory or in use. */
  release(version: ModelVersion): Promise<void>;
  /** Estimated memory of the models held, in bytes. */
  heldBytes(): number;
}

/** A session holds the weights again beside the graph's own structures; small models cost at least their arena. */
const SESSION_FACTOR = 2;
const SESSION_BASE_BYTES = 2 * 1024 * 1024;

/** A batch may end the process, and then the request in it that does so by itself. */
const ATTEMPTS = 3;

const estimateBytes = ({ artifact }: ModelVersion): number => artifact.bytes * SESSION_FACTOR + SESSION_BASE_BYTES;

interface Entry {
  readonly loading: Promise<ServingModel>;
  loaded?: LoadedModel | undefined;
  readonly bytes: number;
  users: number;
}

/**
 * Models in memory, bounded: when they would together take more than `limitBytes`, those unused for the longest are
 * released. One that is in use is never released, so a single model above the limit still serves.
 */
export function createModelCache({
  artifacts,
  runtime,
  limitBytes,
}: {
  artifacts: ArtifactReader;
  runtime: ModelRuntime;
  limitBytes: number;
}): ModelCache {
  // A Map iterates in order of insertion; an entry is inserted again at each use, so the first is the least recently used.
  const entries = new Map<string, Entry>();
  const keyOf = ({ service, version }: ModelVersion) => `${service}@${version}`;
  const heldBytes = () => [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  const load = async (version: ModelVersion, options: RunOptions | undefined): Promise<ServingModel> => {
    const [bytes] = await Promise.all([
      artifacts.readArtifact(version.artifact.sha256, version),
      runtime.prepare?.(version),
    ]);
    return { version, model: await runtime.load(bytes, version, options) };
  };

  const makeRoom = async (): Promise<void> => {
    for (const [key, entry] of entries) {
      if (heldBytes() <= limitBytes) return;
      if (entry.users > 0) continue;
      entries.delete(key);
      const { model } = await entry.loading;
      await model.release();
    }
  };

  const open = (version: ModelVersion, options: RunOptions | undefined): Entry => {
    const key = keyOf(version);
    const held = entries.get(key);
    if (held) {
      entries.delete(key);
      if (!held.loaded?.isLost?.()) {
        entries.set(key, held);
        return held;
      }
    }
    // Room is made a turn later, when the new entry is counted and has its first user.
    const loading = Promise.resolve()
      .then(makeRoom)
      .then(() => load(version, options));
    const entry: Entry = { loading, bytes: estimateBytes(version), users: 0 };
    entries.set(key, entry);
    loading.then(
      ({ model }) => {
        entry.loaded = model;
      },
      // A load that failed is forgotten, so that the next request tries again.
      () => {
        if (entries.get(key) === entry) entries.delete(key);
      },
    );
    return entry;
  };

  const useOnce = async <T>(
    version: ModelVersion,
    work: (serving: ServingModel) => Promise<T>,
    options: RunOptions | undefined,
  ): Promise<T> => {
    const entry = open(version, options);
    entry.users += 1;
    try {
      return await work(await entry.loading);
    } finally {
      entry.users -= 1;
    }
  };

  return {
    heldBytes,
    async release(version) {
      const entry = entries.get(keyOf(version));
      if (entry === undefined || entry.users > 0) return;
      entries.delete(keyOf(version));
      const { model } = await entry.loading;
      await model.release();
    },
    async use(version, work, options) {
      for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
        try {
          return await useOnce(version, work, options);
        } catch (error) {
          if (!isPlatformError(error) || error.code !== 'infer.process_lost') throw error;
        }
      }
      return useOnce(version, work, options);
    },
  };
}
