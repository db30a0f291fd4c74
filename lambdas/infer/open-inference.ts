import { quickInferRequest } from '../../core/contracts/quick/infer-request.ts';
import { rawInput } from '../../core/domain/inference/binary-body.ts';
import { readTensors } from '../../core/domain/inference/read-tensors.ts';
import { type TensorSignature, toProtocolShape } from '../../core/domain/inference/signature.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import { encodeTensor } from '../../core/domain/inference/tensor-bytes.ts';
import { writeFlat } from '../../core/domain/json/write-json.ts';
import type { Inference, ModelServer } from '../../core/usecases/serve-models.ts';
import { type HttpResult, json, jsonText } from '../_shared/http.ts';
import { isJson } from '../_shared/media-type.ts';
import { parseJsonBody } from '../_shared/parse-json-body.ts';
import { readText } from '../_shared/read-body.ts';
import { answerHeaders, versionHeader } from './answer-headers.ts';
import { binaryResult, NO_BYTES, readBytes, readHeaderLength, splitBody } from './binary-tensors.ts';
import type { TracedRequest } from './request-trace.ts';
import { unsupportedType } from './unsupported-type.ts';

/** Open Inference Protocol v2, JSON and binary: what comes in as tensors, what goes out. */

type Target = { readonly service: string; readonly version?: number | undefined };

export interface OpenInferenceRequest {
  readonly id?: string | undefined;
  readonly inputs: Tensor[];
  readonly outputs?: string[] | undefined;
  /** Whether an output is to be answered in binary. */
  readonly isBinary: (output: string) => boolean;
}

/**
 * Parses a request without knowing the model.
 *
 * @param binary the bytes after the JSON, which inputs with `binary_data_size` take in their order
 * @throws `request.malformed`, `request.invalid` and what reading elements throws
 */
export async function parseOpenInference(text: string, binary: Uint8Array = NO_BYTES): Promise<OpenInferenceRequest> {
  const value = parseJsonBody(text);
  const { id, inputs, outputs, parameters } =
    quickInferRequest(value) ?? (await import('./schemas.ts')).parseInferRequest(value);
  const tensors = readTensors(inputs, binary);
  const chosen = new Map(outputs?.map((output) => [output.name, output.parameters?.binary_data]));
  return {
    id,
    inputs: tensors,
    outputs: outputs?.map(({ name }) => name),
    isBinary: (output) => chosen.get(output) ?? parameters?.binary_data_output ?? false,
  };
}

/** The answer: JSON where no output is asked for in binary. `id` is echoed only where it was given. */
export function writeOpenInference(
  { version, outputs }: Inference,
  { id, isBinary }: Pick<OpenInferenceRequest, 'id' | 'isBinary'>,
  headers: Record<string, string>,
): HttpResult {
  const head = JSON.stringify({
    model_name: version.service,
    model_version: String(version.version),
    ...(id !== undefined && { id }),
  });
  const chunks: Uint8Array[] = [];
  const tensors = outputs.map((tensor) => {
    const { name, datatype, shape } = tensor;
    if (!isBinary(name)) {
      return `${JSON.stringify({ name, datatype, shape }).slice(0, -1)},"data":${writeFlat(tensor)}}`;
    }
    const bytes = encodeTensor(tensor);
    chunks.push(bytes);
    return JSON.stringify({ name, datatype, shape, parameters: { binary_data_size: bytes.length } });
  });
  const text = `${head.slice(0, -1)},"outputs":[${tensors.join(',')}]}`;
  return chunks.length === 0 ? jsonText(200, text, headers) : binaryResult(text, chunks, headers);
}

/** POST /v2/models/{service}[/versions/{version}]/infer */
export async function infer(models: ModelServer, target: Target, traced: TracedRequest): Promise<HttpResult> {
  const { event, trace } = traced;
  trace.predictionId();
  if (!isJson(event)) throw unsupportedType(event, ['application/json', 'application/octet-stream']);
  const headerBytes = readHeaderLength(event);
  if (headerBytes === 0) return inferRaw(models, target, traced);
  const request =
    headerBytes === undefined
      ? await parseOpenInference(readText(event))
      : await parseOpenInference(...splitBody(event, headerBytes));
  // Some clients send an empty id for none.
  const predictionId = trace.predictionId(request.id === '' ? undefined : request.id);
  const inference = await models.infer(target, () => request);
  return writeOpenInference(inference, request, answerHeaders(inference.version, predictionId));
}

/** The whole body is the one input's bytes; all outputs are answered in binary. */
async function inferRaw(models: ModelServer, target: Target, { event, trace }: TracedRequest): Promise<HttpResult> {
  const bytes = readBytes(event);
  const predictionId = trace.predictionId();
  const inference = await models.infer(target, ({ signature }) => ({ inputs: [rawInput(signature, bytes)] }));
  return writeOpenInference(inference, { isBinary: () => true }, answerHeaders(inference.version, predictionId));
}

/** GET /v2/models/{service}[/versions/{version}] */
export async function describe(models: ModelServer, target: Target): Promise<HttpResult> {
  const { version, versions } = await models.describe(target);
  const tensor = ({ name, datatype, shape }: TensorSignature) => ({ name, datatype, shape: toProtocolShape(shape) });
  const metadata = {
    name: version.service,
    versions: versions.map(String),
    platform: 'onnxruntime_onnx',
    inputs: version.signature.inputs.map(tensor),
    outputs: version.signature.outputs.map(tensor),
  };
  return json(200, metadata, versionHeader(version));
}

/** GET /v2/models/{service}[/versions/{version}]/ready */
export async function ready(models: ModelServer, target: Target): Promise<HttpResult> {
  const version = await models.ready(target);
  return json(200, { name: version.service, version: String(version.version), ready: true }, versionHeader(version));
}
