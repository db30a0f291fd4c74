import type { AdmissionTask, AdmittedModel } from '../contracts/admission.ts';

/** Tries a model out where ONNX Runtime is, which is not where versions are registered. */
export interface ModelAdmission {
  /**
   * @param withinMs how long the caller can wait
   * @throws `admission.*` for a model that is refused
   * @throws `admission.unavailable` when nobody could look at it
   */
  admit(task: AdmissionTask, options: { withinMs: number }): Promise<AdmittedModel>;
}
