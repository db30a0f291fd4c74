import { parse as parseCsv } from 'csv-parse/sync';
import type { ModelVersion } from '../../core/contracts/api.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { Datatype } from '../../core/domain/inference/datatype.ts';
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
import type { Failure } from '../_shared/errors-to-http.ts';
import { type HttpEvent, type HttpResult, json, jsonText } from '../_shared/http.ts';
import { isJson, mediaType } from '../_shared/media-type.ts';
import { readText } from '../_shared/read-body.ts';
import { answerHeaders, checkPredictionId } from './answer-headers.ts';
import { parseOpenInference, writeOpenInference } from './open-inference.ts';

/** SageMaker runtime's InvokeEndpoint: CSV without a header row, JSON, JSON Lines, and Open Inference bodies. */

type Format = 'csv' | 'json' | 'jsonlines';

const CSV_TYPES = new Set(['text/csv']);
const JSON_LINES_TYPES = new Set(['application/jsonlines', 'application/x-jsonlines']);
const ALLOWED_TYPES = ['application/json', 'text/csv', 'application/jsonlines'] as const;

/** What the champion is called where SageMaker names production variants. */
const CHAMPION_VARIANT = 'champion';

/** POST /endpoints/{service}/invocations */
export async function invoke(
  models: ModelServer,
  service: string,
  event: HttpEvent,
  freshId: string,
): Promise<HttpResult> {
  const format = requestFormat(event);
  const text = readText(event);
  const inferenceId = checkPredictionId(event.headers['x-amzn-sagemaker-inference-id']);
  const body = format === 'json' ? parseJson(text) : undefined;
  const headers = (inference: Inference) => ({
    ...answerHeaders(inference.version, inferenceId ?? freshId),
    'x-amzn-invoked-production-variant': CHAMPION_VARIANT,
  });
  if (isOpenInference(body)) {
    const request = parseOpenInference(text);
    const inference = await models.infer({ service }, () => request);
    return jsonText(200, writeOpenInference(inference, request.id), headers(inference));
  }
  let rows = 0;
  const inference = await models.infer({ service }, ({ signature }) => {
    const inputs =
      format === 'csv'
        ? csvToTensors(signature, text)
        : recordsToTensors(signature, format === 'json' ? instancesOf(body ?? null) : parseJsonLines(text));
    rows = inputs[0]?.shape[0] ?? 0;
    return { inputs };
  });
  return write(inference, { rows, format: answerFormat(event, format), headers: headers(inference) });
}

/** An error in the shape of AWS's runtime, which its clients turn into their typed exceptions. */
export function sageMakerFailure({ status, code, message }: Failure, logStream: string): HttpResult {
  if (code === 'infer.model_failed') {
    const details = { OriginalStatusCode: status, OriginalMessage: message, LogStreamArn: logStream };
    return json(
      424,
      { Message: `Received server error (${status}) from the model: ${message}`, ...details },
      errorType('ModelError'),
    );
  }
  if (code === 'registry.service_not_found') return json(400, { Message: message }, errorType('ValidationError'));
  if (status === 429) return json(429, { Message: message }, errorType('ThrottlingException'));
  if (status === 503) return json(503, { Message: message }, errorType('ServiceUnavailable'));
  return json(status, { Message: message }, errorType(status >= 500 ? 'InternalFailure' : 'ValidationError'));
}

const errorType = (type: string) => ({ 'x-amzn-errortype': type });

function requestFormat(event: HttpEvent): Format {
  const type = mediaType(event.headers['content-type']);
  if (CSV_TYPES.has(type)) return 'csv';
  if (JSON_LINES_TYPES.has(type)) return 'jsonlines';
  if (isJson(event)) return 'json';
  throw new PlatformError('request.unsupported_media_type', {
    message: `the content-type ${JSON.stringify(type)} is not supported here; send ${ALLOWED_TYPES.join(', ')}`,
    details: { got: type, allowed: ALLOWED_TYPES },
  });
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
  const rows = readCsv(text);
  const datatypes = columnDatatypes(signature, rows[0]?.length ?? 0);
  return flatRowsToTensors(
    signature,
    rows.map((row) => row.map((cell, column) => parseCell(cell, datatypes[column] ?? 'FP32'))),
  );
}

function readCsv(text: string): string[][] {
  try {
    const rows = parseCsv(text, { skip_empty_lines: true, relax_column_count: true, bom: true }) as string[][];
    if (rows.length > 0) return rows;
  } catch {
    // The library's message quotes the payload.
    throw invalid('the body is not valid CSV: a quote is not closed or stands in the middle of a cell');
  }
  throw invalid('the body has no rows; send CSV without a header row');
}

const TOKENS: Readonly<Record<string, JsonValue>> = {
  '': Number.NaN,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A cell as the value its column's datatype expects; what does not fit is left as text and refused with its place. */
function parseCell(cell: string, datatype: Datatype): JsonValue {
  if (datatype === 'BYTES') return cell;
  const text = cell.trim();
  const lower = text.toLowerCase();
  if (datatype === 'BOOL' && (lower === 'true' || lower === 'false')) return lower === 'true';
  if (datatype.startsWith('FP') && Object.hasOwn(TOKENS, lower)) return TOKENS[lower] as JsonValue;
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  // Past the double range a number would become infinite without a word.
  if (!Number.isFinite(number)) return cell;
  return INTEGER.test(text) && !Number.isSafeInteger(number) ? BigInt(text.replace('+', '')) : number;
}

function write(
  { version, outputs }: Inference,
  { rows, format, headers }: { rows: number; format: Format; headers: Record<string, string> },
): HttpResult {
  const records = tensorsToRecords(outputs, rows);
  // An output that is not one entry a row cannot be told in rows: the tensors go out whole.
  if (records === undefined) return jsonText(200, writeOpenInference({ version, outputs }, undefined), headers);
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
