import type { JsonValue } from '../../domain/json/parse-json.ts';
import { SIGNATURE_NAME } from '../signature-name.ts';
import type { PredictRequest } from '../tf-serving.ts';
import { isFields } from './guards.ts';

type Request = Pick<PredictRequest, 'instances' | 'inputs'>;

/** A request of TensorFlow Serving without the fields that nobody reads; undefined: ask `PredictRequest`. */
export function quickPredictRequest(value: JsonValue): Request | undefined {
  if (!isFields(value)) return undefined;
  const { signature_name: signature, instances, inputs } = value as { readonly [name: string]: JsonValue };
  if (signature !== undefined && signature !== '' && signature !== SIGNATURE_NAME) return undefined;
  if (instances === undefined) return inputs === undefined ? undefined : { inputs };
  return Array.isArray(instances) && inputs === undefined ? { instances } : undefined;
}
