import type { ScoringRequest } from '../../core/contracts/mlflow.ts';
import { quickScoringRequest } from '../../core/contracts/quick/scoring-request.ts';
import { parseCell } from '../../core/domain/csv/parse-cell.ts';
import { readCsv } from '../../core/domain/csv/read-csv.ts';
import { columnsToTensors } from '../../core/domain/inference/columns.ts';
import { columnDatatype, type Frame, frameToTensors, readFeatureNames } from '../../core/domain/inference/frames.ts';
import { recordsToFrame } from '../../core/domain/inference/records-to-frame.ts';
import { recordsToTensors, tensorsToRecords } from '../../core/domain/inference/rows.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import type { MakeInputs, ModelServer } from '../../core/usecases/serve-models.ts';
import { type HttpEvent, type HttpResult, jsonText } from '../_shared/http.ts';
import { isJson, mediaType } from '../_shared/media-type.ts';
import { parseJsonBody } from '../_shared/parse-json-body.ts';
import { readText } from '../_shared/read-body.ts';
import { answerHeaders } from './answer-headers.ts';
import type { TracedRequest } from './request-trace.ts';
import { plain, writeOutputs } from './tf-serving.ts';
import { unsupportedType } from './unsupported-type.ts';

/** MLflow's scoring protocol: frames (JSON, CSV with a header row) and tensors. */

/** What makes a model's inputs of a request; of a frame, how many rows it has. */
interface Scoring {
  readonly toInputs: (version: Parameters<MakeInputs>[0]) => Tensor[];
  readonly rows?: number;
}

/** POST /models/{service}/invocations */
export async function score(
  models: ModelServer,
  service: string,
  { event, trace }: TracedRequest,
): Promise<HttpResult> {
  const predictionId = trace.predictionId();
  const { toInputs, rows } = await parseScoring(event);
  const { version, outputs } = await models.infer({ service }, (model) => ({ inputs: toInputs(model) }));
  const records = rows === undefined ? undefined : tensorsToRecords(outputs, rows, { named: true });
  // An output that is not one entry a row cannot be told in rows: the tensors go out whole.
  const predictions = records ? `[${records.join(',')}]` : writeOutputs(outputs);
  return jsonText(200, `{"predictions":${predictions}}`, answerHeaders(version, predictionId));
}

async function parseScoring(event: HttpEvent): Promise<Scoring> {
  const isCsv = mediaType(event.headers['content-type']) === 'text/csv';
  if (!(isCsv || isJson(event)) || !isUtf8(event)) {
    throw unsupportedType(event, ['application/json', 'text/csv', 'both in UTF-8']);
  }
  const text = readText(event);
  if (isCsv) return csvScoring(text);
  const value = parseJsonBody(text);
  const { instances, inputs, ...frames } =
    quickScoringRequest(value) ?? (await import('./schemas.ts')).parseScoringRequest(value);
  if (instances) {
    const records = plain(instances, text);
    return { toInputs: ({ signature }) => recordsToTensors(signature, records) };
  }
  if (inputs !== undefined) {
    const values = plain(inputs, text);
    return { toInputs: ({ signature }) => columnsToTensors(signature, values) };
  }
  return frameScoring(toFrame(frames));
}

const isUtf8 = (event: HttpEvent): boolean => {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(event.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset);
};

const frameScoring = (frame: Frame): Scoring => ({
  rows: frame.rows.length,
  toInputs: ({ signature, metadata }) =>
    frameToTensors({ signature, featureNames: readFeatureNames(signature, metadata) }, frame),
});

function csvScoring(text: string): Scoring {
  const [columns = [], ...lines] = readCsv(text, 'send CSV with a header row');
  return {
    rows: lines.length,
    toInputs: (version) => {
      const datatypes = columns.map((column) => columnDatatype(version.signature, column));
      const rows = lines.map((line) => line.map((cell, at) => parseCell(cell, datatypes[at] ?? 'FP32')));
      return frameScoring({ columns, rows }).toInputs(version);
    },
  };
}

function toFrame({ dataframe_split: split, dataframe_records: records }: ScoringRequest): Frame {
  return split ? { columns: split.columns.map(String), rows: split.data } : recordsToFrame(records ?? []);
}
