import type { ModelVersion } from '../contracts/api.ts';
import type { ModelStatistics } from '../contracts/open-inference.ts';
import type { MakeInputs, ModelServer } from './serve-models.ts';

/** What this process has counted since it started. */
export interface InferenceStatistics {
  readonly since: Date;
  /**
   * In order of name and version; all of a service's versions where none is named, all services' where none is.
   *
   * @param served told with zeros where nothing has been counted: a client looks for the model that it asked about
   */
  list(target?: { service: string; version?: number | undefined }, served?: ModelVersion): ModelStatistics[];
}

/** A model server like `models` that counts what goes through it. */
export interface CountingModelServer extends ModelServer {
  readonly statistics: InferenceStatistics;
}

/** Versions that are counted; those unused for the longest are forgotten beyond it. */
const COUNTED_VERSIONS = 1_000;
/** Batch sizes that are told apart per version. */
const BATCH_SIZES = 64;

interface Duration {
  count: number;
  ms: number;
}

interface Counter {
  readonly service: string;
  readonly version: number;
  lastInference: number;
  inferences: number;
  readonly success: Duration;
  readonly fail: Duration;
  readonly input: Duration;
  readonly run: Duration;
  readonly batches: Map<number, { readonly input: Duration; readonly run: Duration }>;
}

/**
 * Counts inferences by version, as the Open Inference Protocol's statistics extension tells them. A request counts once it
 * has reached a model; `compute_infer` also holds the time that a request waits for its model to be loaded.
 *
 * @param clock.now milliseconds since the epoch
 * @param clock.monotonicMs for durations
 */
export function countInferences(
  models: ModelServer,
  { now, monotonicMs }: { now: () => number; monotonicMs: () => number },
): CountingModelServer {
  const counters = new Map<string, Counter>();
  const since = new Date(now());

  const counterOf = (version: ModelVersion): Counter => {
    const key = `${version.service}@${version.version}`;
    const counter = counters.get(key) ?? newCounter(version);
    // A Map iterates in order of insertion: the first is the one unused for the longest.
    counters.delete(key);
    counters.set(key, counter);
    const oldest = counters.keys().next();
    if (counters.size > COUNTED_VERSIONS && !oldest.done) counters.delete(oldest.value);
    return counter;
  };

  const infer: ModelServer['infer'] = async (target, makeInputs, options) => {
    const startedMs = monotonicMs();
    let reached: { version: ModelVersion; rows: number; inputMs: number } | undefined;
    const timed: MakeInputs = (version) => {
      const before = monotonicMs();
      reached = { version, rows: 1, inputMs: 0 };
      const made = makeInputs(version);
      reached = { version, rows: batchSize(version, made.inputs), inputMs: monotonicMs() - before };
      return made;
    };
    const count = (outcome: 'success' | 'fail') => {
      if (!reached) return;
      const counter = counterOf(reached.version);
      const totalMs = monotonicMs() - startedMs;
      add(counter[outcome], totalMs);
      if (outcome === 'fail') return;
      counter.lastInference = now();
      counter.inferences += reached.rows;
      const parts = { inputMs: reached.inputMs, runMs: totalMs - reached.inputMs };
      addParts(counter, parts);
      addParts(batchOf(counter, reached.rows), parts);
    };
    try {
      const inference = await models.infer(target, timed, options);
      count('success');
      return inference;
    } catch (error) {
      count('fail');
      throw error;
    }
  };

  const list: InferenceStatistics['list'] = (target, served) => {
    const counted = [...counters.values()]
      .filter(({ service }) => target === undefined || service === target.service)
      .filter(({ version }) => target?.version === undefined || version === target.version)
      .sort((a, b) => (a.service === b.service ? a.version - b.version : a.service < b.service ? -1 : 1));
    return (counted.length > 0 || served === undefined ? counted : [newCounter(served)]).map(toStatistics);
  };

  return { ...models, infer, statistics: { since, list } };
}

const none = (): Duration => ({ count: 0, ms: 0 });

const newCounter = ({ service, version }: ModelVersion): Counter => ({
  service,
  version,
  lastInference: 0,
  inferences: 0,
  success: none(),
  fail: none(),
  input: none(),
  run: none(),
  batches: new Map(),
});

function add(duration: Duration, ms: number): void {
  duration.count += 1;
  duration.ms += ms;
}

function addParts(
  { input, run }: { input: Duration; run: Duration },
  { inputMs, runMs }: { inputMs: number; runMs: number },
): void {
  add(input, inputMs);
  add(run, runMs);
}

function batchOf({ batches }: Counter, size: number): { input: Duration; run: Duration } {
  const known = batches.get(size);
  if (known) return known;
  const batch = { input: none(), run: none() };
  if (batches.size < BATCH_SIZES) batches.set(size, batch);
  return batch;
}

/** How many predictions a request asks for: the first dimension of its first input, where the model leaves it free. */
function batchSize({ signature }: ModelVersion, inputs: ReturnType<MakeInputs>['inputs']): number {
  const [tensor] = inputs;
  const declared = signature.inputs.find(({ name }) => name === tensor?.name);
  return typeof declared?.shape[0] === 'number' ? 1 : (tensor?.shape[0] ?? 1);
}

const NS_PER_MS = 1e6;
const told = ({ count, ms }: Duration) => ({ count, ns: Math.max(0, Math.round(ms * NS_PER_MS)) });

/** Nothing queues, copies or caches here that could be told apart: these stay at nothing, as in a server without them. */
const toStatistics = (counter: Counter): ModelStatistics => {
  const nothing = told(none());
  return {
    name: counter.service,
    version: String(counter.version),
    last_inference: counter.lastInference,
    inference_count: counter.inferences,
    execution_count: counter.success.count,
    inference_stats: {
      success: told(counter.success),
      fail: told(counter.fail),
      queue: nothing,
      compute_input: told(counter.input),
      compute_infer: told(counter.run),
      compute_output: nothing,
      cache_hit: nothing,
      cache_miss: nothing,
    },
    batch_stats: [...counter.batches].map(([size, { input, run }]) => ({
      batch_size: size,
      compute_input: told(input),
      compute_infer: told(run),
      compute_output: nothing,
    })),
  };
};
