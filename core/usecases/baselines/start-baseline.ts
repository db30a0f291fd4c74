import type { BaselineJob, BaselineRequest } from '../../contracts/baselines.ts';
import { PlatformError } from '../../domain/errors.ts';
import type { BaselineJobs, BaselineMaker } from '../../ports/baseline-jobs.ts';
import type { BaselineStore } from '../../ports/baseline-store.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { hasBaseline } from '../count-captures.ts';
import { requireVersion } from '../find-service.ts';

export interface StartBaselineDependencies {
  readonly registry: Pick<ModelRegistry, 'findService' | 'findVersion' | 'listVersions'>;
  readonly baselines: Pick<BaselineStore, 'tag'>;
  readonly jobs: BaselineJobs;
  readonly maker: BaselineMaker;
  /** Names of the services whose predictions are captured. */
  readonly captured: readonly string[];
  readonly newId: () => string;
}

/** Longer than the function that makes it may run, with all that Lambda tries again. */
const ABANDONED_MS = 60 * 60_000;

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * Has a baseline made of what was captured of a version. Asking again for the same span gives the same one.
 *
 * @throws `registry.service_not_found`, `registry.version_not_found`, `baseline.not_captured`, `baseline.exists`, `baseline.in_progress`,
 * `captures.unavailable`
 */
export const startBaseline =
  (dependencies: StartBaselineDependencies) =>
  async (
    service: string,
    version: number,
    { from, to, replace, now }: BaselineRequest & { readonly now: number },
  ): Promise<BaselineJob> => {
    const { registry, baselines, jobs, maker, captured, newId } = dependencies;
    const registered = await requireVersion(registry, service, version);
    if (!captured.includes(service)) throw notCaptured(service);
    const earlier = await jobs.find(service, version);
    const isSame = earlier?.from === from && earlier.to === to;
    if (earlier && isSame && earlier.state !== 'FAILED' && !(replace && earlier.state === 'READY')) return earlier;
    if (!replace && (await hasBaseline(baselines, registered))) throw exists(service, version);
    const job: BaselineJob = { service, version, id: newId(), from, to, state: 'PENDING', requestedAt: iso(now) };
    if (!(await jobs.start(job, { abandonedMs: ABANDONED_MS }))) throw inProgress(service, version);
    try {
      await maker.ask(job, { now });
    } catch (error) {
      const message = 'the function that makes baselines could not be asked; ask again';
      await jobs.end({ ...job, state: 'FAILED', endedAt: iso(now), error: { code: 'captures.unavailable', message } });
      throw error;
    }
    return job;
  };

/** @throws `registry.service_not_found`, `registry.version_not_found`, `baseline.not_found` */
export const findBaselineJob =
  ({ registry, jobs }: Pick<StartBaselineDependencies, 'registry' | 'jobs'>) =>
  async (service: string, version: number): Promise<BaselineJob> => {
    await requireVersion(registry, service, version);
    const job = await jobs.find(service, version);
    if (job) return job;
    throw new PlatformError('baseline.not_found', {
      message: `no baseline of captures was asked for of version ${version} of ${service}; POST the span of time to make it of`,
      details: { service, version },
    });
  };

const notCaptured = (service: string) =>
  new PlatformError('baseline.not_captured', {
    message: `${service} is not captured, so there is no traffic to make a baseline of; declare it with "capture" in keelson.config.ts and deploy, or register a version with --baseline`,
    details: { service },
  });

const exists = (service: string, version: number) =>
  new PlatformError('baseline.exists', {
    message: `version ${version} of ${service} has a baseline; ask with "replace": true to compare with recent traffic from now on`,
    details: { service, version },
  });

const inProgress = (service: string, version: number) =>
  new PlatformError('baseline.in_progress', {
    message: `another baseline of version ${version} of ${service} is being made; GET tells when it is done`,
    details: { service, version },
  });
