import { PlatformError } from '../errors.ts';
import type { ModelSignature } from '../inference/signature.ts';
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
 * Makes an uploaded ONNX file ready to serve: rewrites what cannot be served as exported and reads the signature.
 *
 * @throws `onnx.malformed` when the bytes are not an ONNX model
 * @throws `onnx.unsupported` for inputs and outputs that are not servable tensors, and for weights in other files
 */
export function prepareModel(uploaded: Uint8Array): PreparedModel {
  const original = readOnnxModel(uploaded);
  const [external] = original.externalInitializers;
  if (external !== undefined) {
    throw new PlatformError('onnx.unsupported', {
      message: `the weights of ${JSON.stringify(external)} are in another file; save the model as one file, for example with onnx.save(model, path, save_as_external_data=False)`,
      details: { what: 'external data', tensor: external },
    });
  }
  const { bytes, classLabels, notes } = rewriteZipMaps(uploaded, original);
  const model = notes.length > 0 ? readOnnxModel(bytes) : original;
  const signature = { inputs: model.inputs.map(tensorSignature), outputs: model.outputs.map(tensorSignature) };
  return { bytes, signature, classLabels, metadata: model.metadata, notes };
}
