/** What a model may take of the function that is to serve it. */
export interface AdmissionBudget {
  /** Resident memory of the process that holds the model, ONNX Runtime included, while it loads and answers one row. */
  readonly memoryMiB: number;
  /** Time to load it. */
  readonly loadMs: number;
  /** Time for one row: the 99th percentile. */
  readonly latencyMs: number;
}

/**
 * Loading and one row together: an HTTP API gives up after 30 s, in which a registration also moves a file of up to 200 MB three
 * times and starts a function.
 */
export const LOAD_AND_LATENCY_LIMIT_MS = 15_000;

/** Lambda gives a function at most 10,240 MiB: the rest is for the function itself, and the file that it holds. */
export const ADMISSION_OWN_MIB = 704;
export const BUDGET_LIMIT_MIB = 10_240 - ADMISSION_OWN_MIB;

const HALF = 0.5;
const MS_PER_SECOND = 1000;

/**
 * The budget of a function that declares none: half of its memory, because the other half is for Node.js, requests and the
 * version that serves while this one loads; and half of its timeout for each of loading and answering, so that a first request is
 * answered in time, too.
 */
export function defaultBudget({
  memoryMiB,
  timeoutSeconds,
}: {
  memoryMiB: number;
  timeoutSeconds: number;
}): AdmissionBudget {
  const halfMs = Math.floor(Math.min(timeoutSeconds * MS_PER_SECOND, LOAD_AND_LATENCY_LIMIT_MS) * HALF);
  return { memoryMiB: Math.floor(Math.min(memoryMiB * HALF, BUDGET_LIMIT_MIB)), loadMs: halfMs, latencyMs: halfMs };
}

/** @returns what is wrong with a budget; undefined where nothing is */
export function budgetProblem(budget: AdmissionBudget, functionMemoryMiB: number): string | undefined {
  const isWhole = (value: number) => Number.isInteger(value) && value >= 1;
  if (!Object.values(budget).every(isWhole)) return `takes whole numbers from 1, got ${JSON.stringify(budget)}`;
  if (budget.memoryMiB > functionMemoryMiB) {
    return `allows ${budget.memoryMiB} MiB, more than the ${functionMemoryMiB} MiB that the function has; raise its memory`;
  }
  if (budget.memoryMiB > BUDGET_LIMIT_MIB) {
    return `allows ${budget.memoryMiB} MiB; at most ${BUDGET_LIMIT_MIB} can be tried out`;
  }
  if (budget.loadMs + budget.latencyMs > LOAD_AND_LATENCY_LIMIT_MS) {
    return `allows ${budget.loadMs} ms to load and ${budget.latencyMs} ms for a row, together more than the ${LOAD_AND_LATENCY_LIMIT_MS} ms that a registration can wait`;
  }
  return undefined;
}
