import type { Duration, Size } from 'aws-cdk-lib';
import { type AdmissionBudget, budgetProblem, defaultBudget } from '../../core/domain/admission/admission-budget.ts';

/** What a model may take to be registered under a service; each default follows from the service's function. */
export interface AdmissionProps {
  /** Resident memory of the process that holds the model, in MiB. @default - half of the function's memory */
  readonly maxMemoryMiB?: number;
  /** Time to load it, in ms. @default - half of the function's timeout, at most 7500 */
  readonly maxLoadMs?: number;
  /** Time for one row, the 99th percentile, in ms. @default - half of the function's timeout, at most 7500 */
  readonly maxLatencyMs?: number;
}

/** @throws when a limit is none, or more than the function has or a registration can wait for */
export function budgetOf(
  at: string,
  { admission = {}, memory, timeout }: { admission?: AdmissionProps | undefined; memory: Size; timeout: Duration },
): AdmissionBudget {
  const defaults = defaultBudget({ memoryMiB: memory.toMebibytes(), timeoutSeconds: timeout.toSeconds() });
  const budget = {
    memoryMiB: admission.maxMemoryMiB ?? defaults.memoryMiB,
    loadMs: admission.maxLoadMs ?? defaults.loadMs,
    latencyMs: admission.maxLatencyMs ?? defaults.latencyMs,
  };
  const problem = budgetProblem(budget, memory.toMebibytes());
  if (problem !== undefined) throw new Error(`${at}: 'admission' ${problem}`);
  return budget;
}
