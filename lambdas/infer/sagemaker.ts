import type { ModelVersion } from '../../core/contracts/api.ts';
import {
  CHAMPION_VARIANT,
  REFUSED_SAGEMAKER_HEADERS,
  SAGEMAKER_HEADERS,
} from '../../core/contracts/sagemaker-headers.ts';
import { isVersionNumber } from '../../core/contracts/version-number.ts';
import { parseCell } from '../../core/domain/csv/parse-cell.ts';
import { readCsv } from '../../core/domain/csv/read-csv.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import {
  columnDatatypes,
  flatRowsToTensors,
  recordsToTensors,
  tensorsToRecords,
} from '../../core/domain/inference/rows.ts';
import { elementCount, type Tensor } from '../../core/domain/inference/tensor.ts';
import { type JsonValue, parseJson } from '../../core/domain/json/parse-json.ts';
import { writeElement } from '../../core/domain/json/write-json.ts';
import type { Inference, ModelServer } from '../../core/usecases/serve-models.ts';
import { type HttpEvent, type HttpResult, jsonText } from '../_shared/http.ts';
import { isJson, mediaType } from '../_shared/media-type.ts';
import { readText } from '../_shared/read-body.ts';
import { answerHeaders } from './answer-headers.ts';
import { parseOpenInference, writeOpenInference } from './open-inference.ts';
import type { TracedRequest } from './request-trace.ts';
import { unsupportedType } from './unsupported-type.ts';

/** SageMaker runtime's InvokeEndpoint: CSV without a header row, JSON, JSON Lines, and Open Inference bodies. */

type Format = 'csv' | 'json' | 'jsonlines';

const CSV_TYPES = new Set(['text/csv']);
const JSON_LINES_TYPES = new Set(['application/jsonlines', 'application/x-jsonlines']);
const ALLOWED_TYPES = ['application/json', 'text/csv', 'application/jsonlines'] as const;

/** POST /endpoints/{service}/invocations */
export async function invoke(
  models: ModelServer,
  service: string,
  { event, trace }: TracedRequest,
): Promise<HttpResult> {
  const predictionId = trace.predictionId(event.headers[SAGEMAKER_HEADERS.inferenceId]);
  refuseOtherEndpoints(event);
  const { variant, version } = parseVariant(event, service);
  const target = { service, version };
  const attributes = parseCustomAttributes(event);
  const format = requestFormat(event);
  const text = readText(event);
  const body = format === 'json' ? parseJson(text) : undefined;
  const headers = (inference: Inference) => ({
    ...answerHeaders(inference.version, predictionId),
    [SAGEMAKER_HEADERS.invokedVariant]: variant,
    ...(attributes !== undefined && { [SAGEMAKER_HEADERS.customAttributes]: attributes }),
  });
  if (isOpenInference(body)) {
    const request = await parseOpenInference(text);
    const inference = await models.infer(target, () => request);
    return writeOpenInference(inference, request, headers(inference));
  }
  let rows = 0;
  const inference = await models.infer(target, ({ signature }) => {
    const inputs =
      format === 'csv'
        ? csvToTensors(signature, text)
        : recordsToTensors(signature, format === 'json' ? instancesOf(body ?? null) : parseJsonLines(text));
    rows = inputs[0]?.shape[0] ?? 0;
    return { inputs };
  });
  return write(inference, { rows, format: answerFormat(event, format), headers: headers(inference) });
}

/** The caller's choice of variant: the champion by its name, any version by its number. @throws `request.invalid` */
function parseVariant(event: HttpEvent, service: string): { variant: string; version: number | undefined } {
  const variant = event.headers[SAGEMAKER_HEADERS.targetVariant] ?? CHAMPION_VARIANT;
  if (variant === CHAMPION_VARIANT) return { variant, version: undefined };
  const version = /^\d{1,8}$/.test(variant) ? Number(variant) : undefined;
  if (isVersionNumber(version)) return { variant, version };
  throw invalid(
    `${service} has no variant ${JSON.stringify(variant)}; X-Amzn-SageMaker-Target-Variant takes "${CHAMPION_VARIANT}" or the number of a version`,
  );
}

/** AWS's own limit: what a header carries back unchanged. */
const CUSTOM_ATTRIBUTES = /^[\x20-\x7e]{0,1024}$/;

/** Opaque to the service: given back as they came, for the caller's tracing. @throws `request.invalid` */
function parseCustomAttributes(event: HttpEvent): string | undefined {
  const text = event.headers[SAGEMAKER_HEADERS.customAttributes];
  if (text === undefined || CUSTOM_ATTRIBUTES.test(text)) return text;
  throw invalid('X-Amzn-SageMaker-Custom-Attributes must be at most 1024 printable ASCII characters');
}

function refuseOtherEndpoints({ headers }: HttpEvent): void {
  const refused = REFUSED_SAGEMAKER_HEADERS.find((name) => headers[name] !== undefined);
  if (refused === undefined) return;
  throw invalid(
    `${refused} is for endpoints of several models or containers; the name of the endpoint chooses the model here`,
  );
}

function requestFormat(event: HttpEvent): Format {
  const type = mediaType(event.headers['content-type']);
  if (CSV_TYPES.has(type)) return 'csv';
  if (JSON_LINES_TYPES.has(type)) return 'jsonlines';
  if (isJson(event)) return 'json';
  throw unsupportedType(event, ALLOWED_TYPES);
}

/** What the caller accepts, else what it sent. */
function answerFormat(event: HttpEvent, sent: Format): Format {
  const accept = mediaType(event.headers['accept']);
  if (CSV_TYPES.has(accept)) return 'csv';
  if (JSON_LINES_TYPES.has(accept)) return 'jsonlines';
  return accept === 'application/json' ? 'json' : sent;
}

const isObject = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{"inputs": [{"name", ...}]}`: what a Triton container behind a SageMaker endpoint is sent. */
const isOpenInference = (body: JsonValue | undefined): boolean =>
  isObject(body) && Array.isArray(body['inputs']) && isObject(body['inputs'][0]) && 'datatype' in body['inputs'][0];

function instancesOf(body: JsonValue): JsonValue[] {
  const instances = isObject(body) ? body['instances'] : body;
  if (Array.isArray(instances) && instances.length > 0) return instances;
  throw invalid(
    'the body must be {"instances": [...]}, an array of instances, or {"inputs": [...]} by the Open Inference Protocol',
  );
}

function parseJsonLines(text: string): JsonValue[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw invalid('the body has no lines; send one JSON record a line');
  return lines.map(parseJson);
}

function csvToTensors(signature: ModelVersion['signature'], text: string): Tensor[] {
  const rows = readCsv(text, 'send CSV without a header row');
  const datatypes = columnDatatypes(signature, rows[0]?.length ?? 0);
  return flatRowsToTensors(
    signature,
    rows.map((row) => row.map((cell, column) => parseCell(cell, datatypes[column] ?? 'FP32'))),
  );
}

function write(
  { version, outputs }: Inference,
  { rows, format, headers }: { rows: number; format: Format; headers: Record<string, string> },
): HttpResult {
  const records = tensorsToRecords(outputs, rows);
  // An output that is not one entry a row cannot be told in rows: the tensors go out whole.
  if (records === undefined) return writeOpenInference({ version, outputs }, { isBinary: () => false }, headers);
  if (format === 'json') return jsonText(200, `{"predictions":[${records.join(',')}]}`, headers);
  if (format === 'jsonlines') return answer(`${records.join('\n')}\n`, 'application/jsonlines', headers);
  return answer(toCsv(outputs, rows), 'text/csv; charset=utf-8', headers);
}

const answer = (body: string, type: string, headers: Record<string, string>): HttpResult => ({
  statusCode: 200,
  headers: { ...headers, 'content-type': type },
  body,
});

/** One line a row: the outputs' elements side by side. */
function toCsv(outputs: readonly Tensor[], rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) =>
    outputs.flatMap((tensor) => {
      const width = elementCount(tensor.shape.slice(1));
      return Array.from({ length: width }, (_unused, column) => csvCell(tensor, row * width + column));
    }),
  );
  return `${lines.map((cells) => cells.join(',')).join('\n')}\n`;
}

function csvCell(tensor: Tensor, index: number): string {
  if (tensor.datatype !== 'BYTES') return writeElement(tensor, index);
  const text = String(tensor.data[index]);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const invalid = (problem: string) =>
  new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
