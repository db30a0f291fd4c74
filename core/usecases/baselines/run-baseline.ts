import { type BaselineJob, type BaselineTask, LEAST_BASELINE_ROWS } from '../../contracts/baselines.ts';
import type { CountedServices } from '../../contracts/monitor.ts';
import { baselineOf } from '../../contracts/object-keys.ts';
import { parseCapturedRecord } from '../../domain/capture/captured-record.ts';
import { PlatformError } from '../../domain/errors.ts';
import type { BaselineJobs } from '../../ports/baseline-jobs.ts';
import type { BaselineStore } from '../../ports/baseline-store.ts';
import type { CaptureObjects } from '../../ports/capture-objects.ts';
import type { RegistryReader } from '../../ports/model-reader.ts';
import { type CountCapturesDependencies, countCaptures } from '../count-captures.ts';
import { watchedModelOf } from '../watched-model.ts';
import { type BaselineFiles, baselineOfCaptures } from './baseline-of-captures.ts';

export interface RunBaselineDependencies extends Pick<CountCapturesDependencies, 'counts' | 'reopened' | 'onFault'> {
  readonly registry: Pick<RegistryReader, 'findVersion'>;
  readonly baselines: Pick<BaselineStore, 'put'>;
  readonly objects: CaptureObjects;
  readonly jobs: Pick<BaselineJobs, 'find' | 'end'>;
  readonly services: CountedServices;
  readonly monotonicMs: () => number;
  /** How long it may take, in ms. */
  readonly limitMs: number;
}

/** Captures are delivered a minute after they were made; the spill of a process that waited may be hours late. */
const DELIVERED_WITHIN_MS = 3 * 60 * 60_000;

const DAY_MS = 24 * 60 * 60_000;

type Counted = { readonly service: string; readonly version: number };

/**
 * Makes the baseline that was asked for, counts by it what was captured since, and only then puts it where monitors look for it, so that the first
 * window that is evaluated has all of its rows. Doing it again does the same; what was done already is not done again.
 *
 * What is wrong with the captures is written into the job; what is wrong with a service that it needs is thrown, so that it is tried again.
 */
export const runBaseline =
  (dependencies: RunBaselineDependencies) =>
  async ({ baseline: { service, version, id }, time }: BaselineTask): Promise<BaselineJob | undefined> => {
    const { jobs, monotonicMs } = dependencies;
    const startedMs = monotonicMs();
    const now = (): number => Date.parse(time) + monotonicMs() - startedMs;
    const job = await jobs.find(service, version);
    if (job?.id !== id || job.state !== 'PENDING') return job;
    const ended = await make(dependencies, job, now).catch((error: unknown): Partial<BaselineJob> => {
      if (!(error instanceof PlatformError) || !error.code.startsWith('baseline.')) throw error;
      return { state: 'FAILED', error: { code: error.code, message: error.message } };
    });
    const done = { ...job, ...ended, endedAt: new Date(now()).toISOString() };
    await jobs.end(done);
    return done;
  };

async function make(
  dependencies: RunBaselineDependencies,
  job: BaselineJob,
  now: () => number,
): Promise<Partial<BaselineJob>> {
  const { registry, baselines, objects, services, limitMs } = dependencies;
  const { service, version } = job;
  const startedMs = now();
  const [fromMs, toMs] = [Date.parse(job.from), Date.parse(job.to)];
  const registered = await registry.findVersion(service, version);
  const rules = services[service];
  if (registered === undefined || rules === undefined) throw nothing(job);
  const checkTime = (): void => {
    if (now() - startedMs > limitMs) throw tooSlow(limitMs);
  };
  const keys = await objects.keys(service, { fromMs, toMs: toMs + DELIVERED_WITHIN_MS });
  const made = await baselineOfCaptures({
    service,
    version,
    model: watchedModelOf(registered),
    rules,
    fromMs,
    toMs,
    readLines: async (take) => {
      for (const key of keys) {
        checkTime();
        for await (const line of objects.lines(key)) take(line);
      }
    },
  }).catch((error: unknown) => {
    // No record that can be read: said in the words of what was asked for.
    if (error instanceof PlatformError && error.code === 'baseline.malformed') throw nothing(job);
    throw error;
  });
  const { rows } = made.baseline.reference;
  if (rows < LEAST_BASELINE_ROWS) throw tooFew(job, rows);

  // Tried again, it is later than it was told: hours that are yet to come hold nothing.
  const sinceThen = () => objects.keys(service, { fromMs: toMs, toMs: now() + DAY_MS });
  const counted: Counted = { service, version };
  const since = await sinceThen();
  const before = countedBy(dependencies, counted, made.files, { marks: false });
  for (const key of since) {
    checkTime();
    await recount(objects, before(service, key), key);
  }
  await baselines.put(baselineOf(service, version), made.files);
  // Delivered while the others were counted: nobody had this baseline to count them by. Their windows may have been evaluated meanwhile.
  const known = new Set(since);
  const meanwhile = (await sinceThen()).filter((key) => !known.has(key));
  const after = countedBy(dependencies, counted, made.files, { marks: true });
  for (const key of meanwhile) await recount(objects, after(service, key), key);
  return { state: 'READY', rows, recounted: since.length + meanwhile.length };
}

/** Counts by this baseline, of this version alone. */
function countedBy(
  { registry, counts, reopened, services, onFault }: RunBaselineDependencies,
  { service, version }: Counted,
  files: BaselineFiles,
  { marks }: { readonly marks: boolean },
) {
  const own = baselineOf(service, version);
  return countCaptures({
    registry: {
      findVersion: async (name, number) => (number === version ? registry.findVersion(name, number) : undefined),
    },
    baselines: {
      read: async (folder, file) => (folder === own ? files[file] : undefined),
      tag: async (folder) => (folder === own ? 'made' : undefined),
    },
    counts,
    reopened: marks ? reopened : { mark: async () => undefined },
    services,
    onFault,
  });
}

async function recount(
  objects: Pick<CaptureObjects, 'lines'>,
  counter: ReturnType<ReturnType<typeof countCaptures>>,
  key: string,
): Promise<void> {
  for await (const line of objects.lines(key)) {
    const record = parseCapturedRecord(line);
    if (record) await counter.add(record);
  }
  await counter.keep();
}

const nothing = ({ service, version, from, to }: BaselineJob) =>
  new PlatformError('baseline.no_captures', {
    message: `no prediction of version ${version} of ${service} from ${from} to ${to} is among its captures; ask for a span in which it served`,
    details: { service, version, from, to },
  });

const tooFew = ({ from, to }: BaselineJob, rows: number) =>
  new PlatformError('baseline.too_few_rows', {
    message: `the captures from ${from} to ${to} have ${rows} rows, a baseline needs ${LEAST_BASELINE_ROWS} at least; ask for a longer span`,
    details: { rows, least: LEAST_BASELINE_ROWS },
  });

const tooSlow = (limitMs: number) =>
  new PlatformError('baseline.too_slow', {
    message: `the baseline could not be made within ${Math.round(limitMs / 60_000)} minutes; ask for a shorter span that ends later, for what was captured since is counted, too`,
    details: { rows: 0, limitMs },
  });
