import type { AdmittedModel } from '../contracts/admission.ts';
import type { AdmissionBudget } from '../domain/admission/admission-budget.ts';
import { explainLoadFailure } from '../domain/admission/explain-load-failure.ts';
import {
  crashes,
  hangs,
  latencyExceeded,
  loadFailed,
  loadTooSlow,
  memoryExceeded,
} from '../domain/admission/refusals.ts';
import { type SampledRequests, sampleRequests } from '../domain/admission/sample-requests.ts';
import { type AnyPlatformError, isPlatformError } from '../domain/errors.ts';
import { largestDifference, TOLERANCE } from '../domain/executor/compare-answers.ts';
import { rowOf } from '../domain/inference/row-of.ts';
import { sampleInputs } from '../domain/inference/sample-inputs.ts';
import type { ModelSignature } from '../domain/inference/signature.ts';
import type { Tensor } from '../domain/inference/tensor.ts';
import type { ModelProbe, ProbedModel } from '../ports/model-probe.ts';
import type { AskedModel } from './baseline-of-upload.ts';
import { verifyExecutor } from './verify-executor.ts';

export interface AdmitModelDependencies {
  readonly probe: ModelProbe;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly monotonicMs: () => number;
}

export interface AdmissionRequest {
  readonly service: string;
  readonly signature: ModelSignature;
  readonly budget: AdmissionBudget;
  /** What else is asked of the model while it is there; gives notes. */
  readonly baseline?: ((asked: AskedModel) => Promise<readonly string[]>) | undefined;
}

/** Enough for a 99th percentile that is not the slowest call alone, within a second. */
const CALLS = 200;
const CALLS_LIMIT_MS = 1_000;
/** A model that answers after its budget is slow, one that does not answer for as much longer hangs. */
const RUN_GRACE_MS = 1_000;
const PERCENTILE = 0.99;

/**
 * Tries a model out before it becomes a version: loads it in a process of its own, asks it single rows, and measures what that
 * takes. Whatever compiles for the executor is compared with it on the way.
 *
 * Not every model takes sampled rows (an index past a table's end, a text that is no number): that is no ground for refusal. A
 * hang, a crash or an explosion of memory is.
 *
 * @throws `admission.*` naming what was measured, what the service allows and what to do
 */
export const admitModel =
  ({ probe, random, monotonicMs }: AdmitModelDependencies) =>
  async (bytes: Uint8Array, { service, signature, budget, baseline }: AdmissionRequest): Promise<AdmittedModel> => {
    const limits = { ...budget, runMs: budget.latencyMs + RUN_GRACE_MS };
    const model = await probe
      .open(bytes, limits, { service, version: 0, signature })
      .catch((error: unknown) => Promise.reject(refusalOf(error, { during: 'load', budget })));
    try {
      if (model.loadMs > budget.loadMs) throw loadTooSlow(model.loadMs, budget);
      const outputs = signature.outputs.map(({ name }) => name);
      const answered = await findAnswered({ model, outputs }, signature, random);
      const speed = answered && (await measure({ model, outputs }, answered.singles, { monotonicMs, budget }));
      const peakMiB = await model.peakMiB();
      if (peakMiB > budget.memoryMiB) throw memoryExceeded(peakMiB, budget);
      const executor = await verifyExecutor({ random })(bytes, signature, model).catch(notVerified);
      const rowsIndependent = await areRowsIndependent({ model, outputs }, answered, speed?.p99Ms ?? 0);
      const baselineNotes = await baseline?.({
        signature,
        predict: (inputs) => model.run(inputs, outputs),
        batchRows: batchRows(signature, { rowsIndependent, p99Ms: speed?.p99Ms ?? 0, budget }),
      });
      return {
        admission: {
          loadMs: rounded(model.loadMs, 1),
          ...(Number.isFinite(peakMiB) && { peakMiB: rounded(peakMiB, 1) }),
          ...(speed && { p99Ms: rounded(speed.p99Ms, 3) }),
          calls: speed?.calls ?? 0,
          ...(rowsIndependent !== undefined && { rowsIndependent }),
          budget,
        },
        executor,
        notes: [...(answered ? [] : [NOT_MEASURED]), ...(baselineNotes ?? [])],
      };
    } catch (error) {
      throw refusalOf(error, { during: 'run', budget });
    } finally {
      await model.close();
    }
  };

const MOST_BATCH_ROWS = 512;

/** Rows that a model of this speed answers in half of its time for one, at most; those of its batches where it takes no others. */
function batchRows(
  { inputs }: ModelSignature,
  { rowsIndependent, p99Ms, budget }: { rowsIndependent: boolean | undefined; p99Ms: number; budget: AdmissionBudget },
): number {
  const fixed = inputs.map(({ shape }) => shape[0]).find((size) => typeof size === 'number');
  if (fixed !== undefined) return Math.max(1, fixed);
  if (rowsIndependent === false) return 1;
  const inTime = Math.floor(budget.latencyMs / 2 / Math.max(p99Ms, 0.01));
  return Math.max(1, Math.min(MOST_BATCH_ROWS, inTime));
}

const NOT_MEASURED =
  'Latency was not measured: the model takes none of the rows that were sampled from its signature; ask it rows of your own before it is rolled out';

interface Asked {
  readonly model: Pick<ProbedModel, 'run'>;
  readonly outputs: readonly string[];
}

/** The first kind of requests that the model answers: random ones, else zeros. */
async function findAnswered(
  { model, outputs }: Asked,
  signature: ModelSignature,
  random: () => number,
): Promise<SampledRequests | undefined> {
  const zeros = sampleInputs(signature);
  for (const requests of [sampleRequests(signature, random), zeros && { singles: [zeros] }]) {
    const [first] = requests?.singles ?? [];
    if (!requests || !first) continue;
    try {
      await model.run(first, outputs);
      return requests;
    } catch (error) {
      if (!isModelFailure(error)) throw error;
    }
  }
  return undefined;
}

/**
 * The latency of one row. The first call is not among those measured: it allocates what the others use again.
 *
 * @throws `admission.latency_exceeded` where it was over the budget twice: one round may have met a busy machine
 */
async function measure(
  asked: Asked,
  singles: SampledRequests['singles'],
  { monotonicMs, budget }: Pick<AdmitModelDependencies, 'monotonicMs'> & Pick<AdmissionRequest, 'budget'>,
): Promise<{ p99Ms: number; calls: number }> {
  const first = await measureOnce(asked, singles, monotonicMs);
  if (first.p99Ms <= budget.latencyMs) return first;
  const second = await measureOnce(asked, singles, monotonicMs);
  const better = second.p99Ms < first.p99Ms ? second : first;
  if (better.p99Ms > budget.latencyMs) throw latencyExceeded(better.p99Ms, budget);
  return better;
}

async function measureOnce(
  { model, outputs }: Asked,
  singles: SampledRequests['singles'],
  monotonicMs: () => number,
): Promise<{ p99Ms: number; calls: number }> {
  const startedMs = monotonicMs();
  const tookMs: number[] = [];
  do {
    const request = singles[tookMs.length % singles.length] as readonly Tensor[];
    const beforeMs = monotonicMs();
    try {
      await model.run(request, outputs);
    } catch (error) {
      // One row among others that the model does not take costs time like them.
      if (!isModelFailure(error)) throw error;
    }
    tookMs.push(monotonicMs() - beforeMs);
  } while (tookMs.length < CALLS && monotonicMs() - startedMs < CALLS_LIMIT_MS);
  const sorted = tookMs.toSorted((a, b) => a - b);
  return { p99Ms: sorted[Math.ceil(sorted.length * PERCENTILE) - 1] as number, calls: sorted.length };
}

/** What asking all rows once more may take. */
const INDEPENDENCE_LIMIT_MS = 2_000;

/**
 * Whether a batch answers what its rows answer alone: if not, requests must not be put together.
 *
 * @returns undefined where there is no batch to ask, or no time
 */
async function areRowsIndependent(
  { model, outputs }: Asked,
  { singles, batch }: Partial<SampledRequests> = {},
  rowMs: number,
): Promise<boolean | undefined> {
  if (!singles || !batch || 2 * rowMs * singles.length > INDEPENDENCE_LIMIT_MS) return undefined;
  try {
    const together = await model.run(batch, outputs);
    if (together.some(({ shape }) => shape[0] !== singles.length)) return false;
    for (const [row, single] of singles.entries()) {
      const alone = await model.run(single, outputs);
      const among = together.map((tensor) => rowOf(tensor, row));
      if (largestDifference(alone, among) > TOLERANCE) return false;
    }
    return true;
  } catch (error) {
    // More rows than the model takes, has time for or finds memory for: one row alone was fine.
    const isTooMuch = isPlatformError(error) && error.code !== 'infer.model_crashed' && error.code.startsWith('infer.');
    if (isTooMuch) return false;
    throw error;
  }
}

const isModelFailure = (error: unknown): error is AnyPlatformError =>
  isPlatformError(error) && error.code === 'infer.model_failed';

/** ONNX Runtime refuses rows that the executor takes. */
function notVerified(error: unknown): AdmittedModel['executor'] {
  if (!isModelFailure(error)) throw error;
  return { name: 'onnxruntime', reason: 'ONNX Runtime failed on the sampled rows' };
}

/** What became of the model, as a refusal; anything else as it was. */
function refusalOf(error: unknown, { during, budget }: { during: 'load' | 'run'; budget: AdmissionBudget }): unknown {
  if (!isPlatformError(error)) return error;
  if (error.code === 'infer.model_crashed') return crashes(during);
  if (error.code === 'infer.model_out_of_memory') return memoryExceeded(budget.memoryMiB, budget);
  if (error.code === 'infer.deadline_exceeded')
    return during === 'load' ? loadTooSlow(budget.loadMs, budget) : hangs(budget.latencyMs + RUN_GRACE_MS, budget);
  if (error.code === 'infer.model_failed' && during === 'load')
    return loadFailed(explainLoadFailure(error.cause instanceof Error ? error.cause.message : ''));
  return error;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
