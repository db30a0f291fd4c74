import type { AdmissionTask, AdmittedModel } from '../../core/contracts/admission.ts';
import type { ModelAdmission } from '../../core/ports/model-admission.ts';

export const A_BUDGET = { memoryMiB: 512, loadMs: 5_000, latencyMs: 5_000 };

export const anAdmittedModel = (parts: Partial<AdmittedModel> = {}): AdmittedModel => ({
  admission: { loadMs: 20, peakMiB: 80, p99Ms: 0.2, calls: 200, rowsIndependent: true, budget: A_BUDGET },
  executor: { name: 'onnxruntime', reason: 'the operator Conv' },
  notes: [],
  ...parts,
});

export interface FakeAdmission extends ModelAdmission {
  /** What it was asked, in order. */
  readonly tasks: AdmissionTask[];
  /** How long each caller could wait. */
  readonly withinMs: number[];
  /** Called at each admission: may throw. */
  answer: (task: AdmissionTask) => AdmittedModel | Promise<AdmittedModel>;
}

/** Admits every model until it is told otherwise. */
export function fakeAdmission(): FakeAdmission {
  const admission: FakeAdmission = {
    tasks: [],
    withinMs: [],
    answer: () => anAdmittedModel(),
    async admit(task, { withinMs }) {
      admission.tasks.push(task);
      admission.withinMs.push(withinMs);
      return admission.answer(task);
    },
  };
  return admission;
}
