import { isPlatformError, PlatformError } from '../errors.ts';
import type { AdmissionBudget } from './admission-budget.ts';
import type { LoadFailure } from './explain-load-failure.ts';

export const REFUSALS = [
  'admission.load_failed',
  'admission.load_too_slow',
  'admission.memory_exceeded',
  'admission.latency_exceeded',
  'admission.hangs',
  'admission.crashes',
  'baseline.malformed',
  'baseline.columns_mismatch',
  'baseline.too_slow',
  'csv.malformed',
  'artifact.not_uploaded',
  'artifact.too_large',
  'artifact.checksum_mismatch',
] as const;

export type Refusal = PlatformError<(typeof REFUSALS)[number]>;

export const isRefusal = (error: unknown): error is Refusal =>
  isPlatformError(error) && REFUSALS.some((code) => code === error.code);

/** Why a model is not admitted: what was measured, what is allowed, what to do. Nothing of the library's own text. */

/** Where keelson.config.ts says it. */
const OF_WHOM = 'of the service in keelson.config.ts, or of the pool where the service is not declared';

const round = (value: number): number => Math.round(value * 10) / 10;

export const loadFailed = ({ reason, remedy }: LoadFailure) =>
  new PlatformError('admission.load_failed', {
    message: `ONNX Runtime cannot load the model: ${reason}; ${remedy}`,
    details: { reason },
  });

/** @param loadMs how long it took, or how long was waited where it never ended */
export const loadTooSlow = (loadMs: number, { loadMs: budgetMs }: AdmissionBudget) =>
  new PlatformError('admission.load_too_slow', {
    message: `the model takes ${atLeast(loadMs, budgetMs)} ms to load, the service allows ${budgetMs}: register a smaller model or one that is optimised already, or raise admission.maxLoadMs ${OF_WHOM}`,
    details: { loadMs: round(loadMs), budgetMs },
  });

/** @param peakMiB what it took, or what it had taken when it was ended */
export const memoryExceeded = (peakMiB: number, { memoryMiB: budgetMiB }: AdmissionBudget) =>
  new PlatformError('admission.memory_exceeded', {
    message: `the model takes ${atLeast(peakMiB, budgetMiB)} MiB of memory to load and answer one row, the service allows ${budgetMiB}: register a smaller model (quantized, fewer constants that expand), or raise memoryMiB or admission.maxMemoryMiB ${OF_WHOM}`,
    details: { peakMiB: round(peakMiB), budgetMiB },
  });

export const latencyExceeded = (p99Ms: number, { latencyMs: budgetMs }: AdmissionBudget) =>
  new PlatformError('admission.latency_exceeded', {
    message: `the model takes ${round(p99Ms)} ms for one row (99th percentile), the service allows ${budgetMs}: register a smaller model, or raise admission.maxLatencyMs ${OF_WHOM}`,
    details: { p99Ms: round(p99Ms), budgetMs },
  });

export const hangs = (waitedMs: number, { latencyMs: budgetMs }: AdmissionBudget) =>
  new PlatformError('admission.hangs', {
    message: `the model gave no answer to one row within ${Math.round(waitedMs)} ms, the service allows ${budgetMs}: look for a Loop or Scan that does not end; if the model is only slow, raise admission.maxLatencyMs ${OF_WHOM}`,
    details: { waitedMs: Math.round(waitedMs), budgetMs },
  });

export const crashes = (during: 'load' | 'run') =>
  new PlatformError('admission.crashes', {
    message: `the model ends the whole process when it is ${during === 'load' ? 'loaded' : 'asked one row'}: run it with ONNX Runtime 1.30 where it is exported and look for integer divisions by zero, indices out of range and element types of less than 8 bits`,
    details: { during },
  });

/** Nobody looked at the model: what is to be done is to ask again. */
export const admissionUnavailable = (service: string, cause: unknown) =>
  new PlatformError('admission.unavailable', {
    message: `the model could not be tried out, so no version of ${service} was made; register it again, with the same Idempotency-Key if there was one: the upload is still there`,
    details: { service },
    cause,
  });

/** What was ended at its limit would have taken more. */
const atLeast = (value: number, budget: number): string =>
  value > budget ? String(round(value)) : `more than ${round(value)}`;
