import * as z from 'zod';
import { REFUSALS } from '../domain/admission/refusals.ts';
import { Admission, AdmissionBudget, ExecutorVerdict, ModelSignature, Sha256 } from './api.ts';
import { ServiceName } from './service-name.ts';

/** What the control function asks of the function that admits models, and what it is told. */

export const AdmissionTask = z.strictObject({
  service: ServiceName,
  /** Of the artifact, which is stored already. */
  sha256: Sha256,
  signature: ModelSignature,
  budget: AdmissionBudget,
});
export type AdmissionTask = z.infer<typeof AdmissionTask>;

export const AdmittedModel = z.object({
  admission: Admission,
  executor: ExecutorVerdict,
  /** What could not be measured, in sentences. */
  notes: z.array(z.string()),
});
export type AdmittedModel = z.infer<typeof AdmittedModel>;

/** A refusal is an answer, not a failure of the function: a failure means that nobody looked at the model. */
export const AdmissionAnswer = z.discriminatedUnion('verdict', [
  z.object({ verdict: z.literal('admitted'), model: AdmittedModel }),
  z.object({
    verdict: z.literal('refused'),
    code: z.enum(REFUSALS),
    message: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
]);
export type AdmissionAnswer = z.infer<typeof AdmissionAnswer>;
