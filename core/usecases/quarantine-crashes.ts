import { type ErrorCode, isPlatformError, PlatformError } from '../domain/errors.ts';
import type { LoadedModel, ModelRuntime, ModelToLoad } from '../ports/model-runtime.ts';
import type { CrashRecords, VersionHealth } from '../ports/version-health.ts';

export interface QuarantineCrashesDependencies {
  readonly native: ModelRuntime;
  readonly records: CrashRecords;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Told of records that could not be read or written: serving goes on without them. */
  readonly onFault: (fault: { what: string; service: string; error: unknown }) => void;
}

/**
 * What counts as a crash. A deadline does not: whoever sends as much as a model can only just answer would take the service
 * away from everybody with three requests.
 */
const CRASHES: ReadonlySet<string> = new Set<ErrorCode>(['infer.model_crashed', 'infer.model_out_of_memory']);

/** How long a request that has failed already, or a model that is being loaded, waits for the records. */
const RECORDS_LIMIT_MS = 1_000;

/** Like `native`, but versions that keep ending their process are refused with `infer.quarantined`. */
export function quarantineCrashes(dependencies: QuarantineCrashesDependencies): ModelRuntime {
  const { native, records, now, sleep, onFault } = dependencies;

  const limited = async <T>(what: string, service: string, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await Promise.race([work, sleep(RECORDS_LIMIT_MS).then(() => undefined)]);
    } catch (error) {
      onFault({ what, service, error });
      return undefined;
    }
  };

  const counted = async <T>(
    { service, version }: ModelToLoad,
    work: Promise<T>,
    isLost: () => boolean = () => true,
  ): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      // Memory that was refused, and nothing lost by it, is no crash.
      if (isPlatformError(error) && CRASHES.has(error.code) && isLost()) {
        const recording = records.record(service, version, { now: now(), reason: error.code });
        const health = await limited('a crash could not be recorded', service, recording);
        if (health?.quarantinedAt !== undefined) {
          onFault({ what: `version ${version} is quarantined after ${health.crashes} crashes`, service, error });
        }
      }
      throw error;
    }
  };

  return {
    async prepare(model) {
      const { service, version } = model;
      const finding = records.find(service, version, { now: now() });
      const [health] = await Promise.all([
        limited('the crashes of a version could not be read', service, finding),
        native.prepare?.(model),
      ]);
      if (health?.quarantinedAt !== undefined) throw quarantined(model, health.quarantinedAt, health);
    },
    async load(bytes, model, options): Promise<LoadedModel> {
      const loaded = await counted(model, native.load(bytes, model, options));
      return { ...loaded, run: (...call) => counted(model, loaded.run(...call), loaded.isLost) };
    },
  };
}

const quarantined = ({ service, version }: ModelToLoad, since: string, { crashes }: VersionHealth) =>
  new PlatformError('infer.quarantined', {
    message: `version ${version} of ${service} is quarantined since ${since}, because it ended its process ${crashes} times; roll out another version, or lift it: keelson quarantine ${service} --release ${version}`,
    details: { service, version, crashes, since },
  });
