import * as z from 'zod';
import { REFUSALS } from '../domain/admission/refusals.ts';
import { Admission, AdmissionBudget, BaselineUpload, ExecutorVerdict, ModelSignature, Sha256 } from './api.ts';
import { ServiceName } from './service-name.ts';

/** What the control function asks of the function that admits models, and what it is told. */

/** A data set to make a baseline of while the model is there to be asked. */
export const BaselineTask = BaselineUpload.extend({
  /** Folder to write it to. */
  folder: z.string(),
  /** Of the model: names of its features are in it. */
  metadata: z.record(z.string(), z.string()),
  classLabels: z.record(z.string(), z.array(z.union([z.string(), z.number()]))).optional(),
});
export type BaselineTask = z.infer<typeof BaselineTask>;

export const AdmissionTask = z.strictObject({
  service: ServiceName,
  /** Of the artifact, which is stored already. */
  sha256: Sha256,
  signature: ModelSignature,
  budget: AdmissionBudget,
  baseline: BaselineTask.optional(),
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
    details: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string()).readonly()])),
  }),
]);
export type AdmissionAnswer = z.infer<typeof AdmissionAnswer>;
