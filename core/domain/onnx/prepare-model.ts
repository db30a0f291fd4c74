import { PlatformError } from '../errors.ts';
import type { ModelSignature } from '../inference/signature.ts';
import { checkRuntimeSupport } from './check-runtime-support.ts';
import { planPacking } from './plan-packing.ts';
import { readOnnxModel, tensorSignature } from './read-model.ts';
import { isOrtModel, readOrtModel } from './read-ort-model.ts';
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
 * Makes an ONNX file, or one in ORT format, ready to serve: rewrites what cannot be served as exported and reads the signature.
 *
 * @param uploaded one file that holds all its weights (see `packModel`)
 * @throws `onnx.malformed` when the bytes are neither
 * @throws `onnx.unsupported` for inputs and outputs that are not servable tensors, and for what ONNX Runtime does not have
 * @throws `onnx.external_data_missing` for weights in other files: a runtime must never be sent to look for them
 */
export function prepareModel(uploaded: Uint8Array): PreparedModel {
  if (isOrtModel(uploaded)) return prepareOrtModel(uploaded);
  const original = readOnnxModel(uploaded);
  checkRuntimeSupport(uploaded);
  const elsewhere = planPacking(uploaded);
  if (elsewhere) throw externalDataMissing(elsewhere.locations);
  const { bytes, classLabels, notes } = rewriteZipMaps(uploaded, original);
  const model = notes.length > 0 ? readOnnxModel(bytes) : original;
  const signature = { inputs: model.inputs.map(tensorSignature), outputs: model.outputs.map(tensorSignature) };
  return { bytes, signature, classLabels, metadata: model.metadata, notes };
}

/** A model in ORT format is served as it is: what it holds is already laid out for the runtime. */
function prepareOrtModel(bytes: Uint8Array): PreparedModel {
  const { inputs, outputs, metadata } = readOrtModel(bytes);
  for (const { name, kind } of [...inputs, ...outputs]) {
    if (kind === 'sequence' || kind === 'map') throw cannotRewrite(name, kind);
  }
  const signature = { inputs: inputs.map(tensorSignature), outputs: outputs.map(tensorSignature) };
  return { bytes, signature, classLabels: {}, metadata, notes: [] };
}

const cannotRewrite = (name: string, kind: string) =>
  new PlatformError('onnx.unsupported', {
    message: `${JSON.stringify(name)} is a ${kind}, and in a model in ORT format a ZipMap cannot be replaced; register the .onnx file it was made from, or export with options={id(model): {'zipmap': False}} and convert again`,
    details: { what: kind, tensor: name },
  });

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
