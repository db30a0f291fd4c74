import type * as z from 'zod';
import { quickPredictRequest } from '../../core/contracts/quick/predict-request.ts';
import { SIGNATURE_NAME } from '../../core/contracts/signature-name.ts';
import type { ModelMetadata, ModelStatus } from '../../core/contracts/tf-serving.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import { decodeBase64Values } from '../../core/domain/inference/base64-values.ts';
import { columnsToTensors } from '../../core/domain/inference/columns.ts';
import type { Datatype } from '../../core/domain/inference/datatype.ts';
import { recordsToTensors, tensorsToRecords } from '../../core/domain/inference/rows.ts';
import type { ModelSignature, TensorSignature } from '../../core/domain/inference/signature.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import type { JsonValue } from '../../core/domain/json/parse-json.ts';
import { type WritableTensor, writeNested } from '../../core/domain/json/write-json.ts';
import type { ModelServer } from '../../core/usecases/serve-models.ts';
import { type HttpResult, json, jsonText } from '../_shared/http.ts';
import { isJson } from '../_shared/media-type.ts';
import { parseJsonBody } from '../_shared/parse-json-body.ts';
import { readText } from '../_shared/read-body.ts';
import { answerHeaders, versionHeader } from './answer-headers.ts';
import { encodeBase64Value } from './base64-values.ts';
import type { TracedRequest } from './request-trace.ts';
import type { ModelTarget } from './target.ts';
import { unsupportedType } from './unsupported-type.ts';

/** TensorFlow Serving's REST API: rows (`instances`) and columns (`inputs`). */

/** What makes tensors of a request, and JSON of what comes back. */
export interface Translation {
  readonly toInputs: (signature: ModelSignature) => Tensor[];
  readonly write: (outputs: readonly Tensor[]) => string;
}

/** POST /v1/models/{service}[/versions/{version}]:predict */
export async function predict(
  models: ModelServer,
  target: ModelTarget,
  { event, trace }: TracedRequest,
): Promise<HttpResult> {
  const predictionId = trace.predictionId();
  if (!isJson(event)) throw unsupportedType(event, ['application/json']);
  const text = readText(event);
  const value = parseJsonBody(text);
  const { instances, inputs } = quickPredictRequest(value) ?? (await import('./schemas.ts')).parsePredictRequest(value);
  const { toInputs, write } =
    instances === undefined ? columnFormat(plain(inputs ?? null, text)) : rowFormat(plain(instances, text));
  const { version, outputs } = await models.infer(target, ({ signature }) => ({ inputs: toInputs(signature) }));
  return jsonText(200, write(outputs), answerHeaders(version, predictionId));
}

/** Values without base64. A body without the word has none, and is not copied. */
export const plain = <Value extends JsonValue>(value: Value, text: string): Value =>
  text.includes('"b64"') ? (decodeBase64Values(value, (base64) => Buffer.from(base64, 'base64')) as Value) : value;

function rowFormat(instances: readonly JsonValue[]): Translation {
  if (instances.length === 0) throw invalid('"instances" must hold at least one row; send no rows as "inputs"');
  return {
    toInputs: (signature) => recordsToTensors(signature, instances),
    write: (outputs) => {
      const records = tensorsToRecords(outputs.map(asBytes), instances.length);
      if (records) return `{"predictions":[${records.join(',')}]}`;
      const odd = outputs.find(({ shape }) => shape[0] !== instances.length);
      throw invalid(
        `the output ${JSON.stringify(odd?.name)} does not have one entry for each instance; ask in the column format ("inputs")`,
      );
    },
  };
}

const columnFormat = (inputs: JsonValue): Translation => ({
  toInputs: (signature) => columnsToTensors(signature, inputs),
  write: (outputs) => {
    const tensors = outputs.map(asBytes);
    const [only, ...others] = tensors;
    return `{"outputs":${only && others.length === 0 ? writeNested(only) : writeOutputs(tensors)}}`;
  },
});

/** TensorFlow's way to tell bytes from text: by the name of the output. */
const asBytes = (tensor: Tensor): Tensor & WritableTensor =>
  tensor.datatype === 'BYTES' && tensor.name.endsWith('_bytes')
    ? { ...tensor, writeString: encodeBase64Value }
    : tensor;

/** Outputs as an object by name. */
export const writeOutputs = (outputs: readonly Tensor[]): string =>
  `{${outputs.map((tensor) => `${JSON.stringify(tensor.name)}:${writeNested(tensor)}`).join(',')}}`;

/** GET /v1/models/{service}[/versions/{version}] */
export async function status(models: ModelServer, target: ModelTarget): Promise<HttpResult> {
  const version = await models.ready(target);
  const answer: z.infer<typeof ModelStatus> = {
    model_version_status: [
      { version: String(version.version), state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } },
    ],
    name: version.service,
    ready: true,
  };
  return json(200, answer, versionHeader(version));
}

/** GET /v1/models/{service}[/versions/{version}]/metadata */
export async function metadata(models: ModelServer, target: ModelTarget): Promise<HttpResult> {
  const { version } = await models.describe(target);
  const { inputs, outputs } = version.signature;
  const signature = { inputs: tensorInfos(inputs), outputs: tensorInfos(outputs), method_name: METHOD_NAME };
  const answer: z.infer<typeof ModelMetadata> = {
    model_spec: { name: version.service, signature_name: '', version: String(version.version) },
    metadata: { signature_def: { signature_def: { [SIGNATURE_NAME]: signature } } },
  };
  return json(200, answer, versionHeader(version));
}

const METHOD_NAME = 'tensorflow/serving/predict';

const DTYPES: Readonly<Record<Datatype, string>> = {
  BOOL: 'DT_BOOL',
  UINT8: 'DT_UINT8',
  UINT16: 'DT_UINT16',
  UINT32: 'DT_UINT32',
  UINT64: 'DT_UINT64',
  INT8: 'DT_INT8',
  INT16: 'DT_INT16',
  INT32: 'DT_INT32',
  INT64: 'DT_INT64',
  FP16: 'DT_HALF',
  FP32: 'DT_FLOAT',
  FP64: 'DT_DOUBLE',
  BYTES: 'DT_STRING',
};

const tensorInfos = (tensors: readonly TensorSignature[]) =>
  Object.fromEntries(
    tensors.map(({ name, datatype, shape, anyRank }) => [
      name,
      {
        name,
        dtype: DTYPES[datatype],
        tensor_shape: {
          dim: shape.map((size) => ({ size: String(typeof size === 'number' ? size : -1), name: '' })),
          unknown_rank: anyRank === true,
        },
      },
    ]),
  );

const invalid = (problem: string) =>
  new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
