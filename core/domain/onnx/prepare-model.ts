import { PlatformError } from '../errors.ts';
import type { ModelSignature } from '../inference/signature.ts';
import { planPacking } from './plan-packing.ts';
import { readOnnxModel, tensorSignature } from './read-model.ts';
import { rewriteZipMaps } from './rewrite-zip-maps.ts';

export interface PreparedModel {
  /** The file to serve; the very bytes that were given unless `notes` says otherwise. */
  readonly bytes: Uint8Array;
  readonly signature: ModelSignature;
  readonly classLabels: Readonly<Record<string, readonly (string | number)[]>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/**
 * Makes an ONNX file ready to serve: rewrites what cannot be served as exported and reads the signature.
 *
 * @param uploaded one file that holds all its weights (see `packModel`)
 * @throws `onnx.malformed` when the bytes are not an ONNX model
 * @throws `onnx.unsupported` for inputs and outputs that are not servable tensors
 * @throws `onnx.external_data_missing` for weights in other files: a runtime must never be sent to look for them
 */
export function prepareModel(uploaded: Uint8Array): PreparedModel {
  const original = readOnnxModel(uploaded);
  const elsewhere = planPacking(uploaded);
  if (elsewhere) throw externalDataMissing(elsewhere.locations);
  const { bytes, classLabels, notes } = rewriteZipMaps(uploaded, original);
  const model = notes.length > 0 ? readOnnxModel(bytes) : original;
  const signature = { inputs: model.inputs.map(tensorSignature), outputs: model.outputs.map(tensorSignature) };
  return { bytes, signature, classLabels, metadata: model.metadata, notes };
}

const NAMED_LOCATIONS = 5;

/** @param locations all that are missing, as the model names them */
export function externalDataMissing(locations: readonly string[]): PlatformError<'onnx.external_data_missing'> {
  const named = locations.slice(0, NAMED_LOCATIONS).map((location) => JSON.stringify(location));
  if (locations.length > NAMED_LOCATIONS) named.push(`${locations.length - NAMED_LOCATIONS} more`);
  return new PlatformError('onnx.external_data_missing', {
    message: `the model's weights are in other files, which were not given: ${named.join(', ')}; upload each as the model was uploaded and name it in externalData (keelson register does so by itself), or save the model as one file with onnx.save(model, path, save_as_external_data=False)`,
    details: { locations },
  });
}
