import { isPlatformError } from '../errors.ts';
import { readFeatureNames } from '../inference/frames.ts';
import type { CapturedRecord } from './captured-record.ts';
import { type BodyOptions, readCapturedBody } from './read-captured-body.ts';
import type { DescribedModel, RedactionPlan } from './redaction-plan.ts';
import type { RowTensors } from './row-buffer.ts';

const MLFLOW = /^POST \/models\/[^/]+\/invocations$/;

/**
 * Reads the inputs and outputs of a model out of a capture record.
 *
 * @param plan by which the record was written: what it names comes as 0 or an empty text
 * @returns undefined for bodies that are none of the model's: anything may stand in a bucket, and one record must not end the reading of all
 */
export function capturedRowsReader(
  { signature, metadata }: DescribedModel,
  plan: RedactionPlan,
): (record: CapturedRecord) => RowTensors | undefined {
  const input: Omit<BodyOptions, 'hasHeader'> = {
    signature,
    featureNames: readFeatureNames(signature, metadata),
    redactions: plan.inputs,
  };
  const output: BodyOptions = {
    signature: { inputs: signature.outputs, outputs: [] },
    hasHeader: false,
    redactions: plan.outputs,
  };
  return (record) => {
    try {
      return {
        inputs: readCapturedBody(record.input, { ...input, hasHeader: MLFLOW.test(record.route) }),
        outputs: readCapturedBody(record.output, output),
      };
    } catch (error) {
      if (isPlatformError(error) || error instanceof TypeError) return undefined;
      throw error;
    }
  };
}
