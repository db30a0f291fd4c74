import { isJsonObject, type LosslessJson, writeLossless } from '../lossless-json.ts';

/**
 * The Open Inference request that `value` is, as JSON text; undefined where it is something else.
 *
 * A recorded case has the same inputs beside the outputs that are expected: only what belongs to a request is sent.
 */
export function toOpenInferenceRequest(value: LosslessJson): string | undefined {
  if (!isJsonObject(value) || !Array.isArray(value['inputs']) || !value['inputs'].every(isTensor)) return undefined;
  const { id, parameters, inputs, outputs } = value;
  return writeLossless({
    ...(id !== undefined && { id }),
    ...(parameters !== undefined && { parameters }),
    inputs,
    ...(Array.isArray(outputs) && !outputs.some(isTensor) && { outputs }),
  });
}

/** With data it is a tensor; without, among the outputs, it asks for one. */
const isTensor = (value: LosslessJson): boolean => isJsonObject(value) && 'name' in value && 'data' in value;
