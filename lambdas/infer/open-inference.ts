import { InferRequest } from '../../core/contracts/open-inference.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import { parseElements } from '../../core/domain/inference/parse-elements.ts';
import { type TensorSignature, toProtocolShape } from '../../core/domain/inference/signature.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import { writeFlat } from '../../core/domain/json/write-json.ts';
import type { Inference, ModelServer } from '../../core/usecases/serve-models.ts';
import { type HttpEvent, type HttpResult, json, jsonText } from '../_shared/http.ts';
import { isJson, mediaType } from '../_shared/media-type.ts';
import { parseBody } from '../_shared/parse-request.ts';
import { readText } from '../_shared/read-body.ts';
import { answerHeaders, checkPredictionId, versionHeader } from './answer-headers.ts';

/** Open Inference Protocol v2 (JSON): what comes in as tensors, what goes out as JSON. */

type Target = { readonly service: string; readonly version?: number | undefined };

/** Parses a request without knowing the model. @throws `request.malformed`, `request.invalid` and what `parseElements` throws */
export function parseOpenInference(text: string): {
  id?: string | undefined;
  inputs: Tensor[];
  outputs?: string[] | undefined;
} {
  const { id, inputs, outputs } = parseBody(InferRequest, text);
  return {
    id,
    inputs: inputs.map(({ name, datatype, shape, data }) => ({
      name,
      datatype,
      shape,
      data: parseElements({ name, datatype, shape }, data),
    })),
    outputs: outputs?.map(({ name }) => name),
  };
}

/** The answer's body. `id` is echoed only where it was given. */
export function writeOpenInference({ version, outputs }: Inference, id: string | undefined): string {
  const head = JSON.stringify({
    model_name: version.service,
    model_version: String(version.version),
    ...(id !== undefined && { id }),
  });
  const tensors = outputs.map((tensor) => {
    const { name, datatype, shape } = tensor;
    return `${JSON.stringify({ name, datatype, shape }).slice(0, -1)},"data":${writeFlat(tensor)}}`;
  });
  return `${head.slice(0, -1)},"outputs":[${tensors.join(',')}]}`;
}

/** POST /v2/models/{service}[/versions/{version}]/infer */
export async function infer(
  models: ModelServer,
  target: Target,
  event: HttpEvent,
  freshId: string,
): Promise<HttpResult> {
  if (!isJson(event)) throw unsupportedType(mediaType(event.headers['content-type']));
  const request = parseOpenInference(readText(event));
  const predictionId = checkPredictionId(request.id) ?? freshId;
  const inference = await models.infer(target, () => request);
  return jsonText(200, writeOpenInference(inference, request.id), answerHeaders(inference.version, predictionId));
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

const ALLOWED_TYPES = ['application/json'] as const;

const unsupportedType = (got: string) =>
  new PlatformError('request.unsupported_media_type', {
    message: `the content-type ${JSON.stringify(got)} is not supported here; send ${ALLOWED_TYPES.join(', ')}`,
    details: { got, allowed: ALLOWED_TYPES },
  });
