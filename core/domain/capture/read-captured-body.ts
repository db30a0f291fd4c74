import { parseCell } from '../csv/parse-cell.ts';
import { readCsv } from '../csv/read-csv.ts';
import { decodeBase64Values, fromBase64 } from '../inference/base64-values.ts';
import { rawInput } from '../inference/binary-body.ts';
import { columnsToTensors } from '../inference/columns.ts';
import type { Datatype } from '../inference/datatype.ts';
import { columnDatatype, type Frame, frameToTensors } from '../inference/frames.ts';
import { readTensors, type WrittenTensor } from '../inference/read-tensors.ts';
import { recordsToFrame } from '../inference/records-to-frame.ts';
import { columnPlaces, flatRowsToTensors, isRecord, recordsToTensors } from '../inference/rows.ts';
import type { ModelSignature } from '../inference/signature.ts';
import type { Tensor } from '../inference/tensor.ts';
import { type JsonValue, parseJson } from '../json/parse-json.ts';
import type { Payload } from './redact-payload.ts';
import type { TensorRedaction } from './redaction-plan.ts';

/** What a body is read by. An answer's is read as a request's, its outputs standing for inputs. */
export interface BodyOptions {
  /** `inputs` are the tensors of the body. */
  readonly signature: ModelSignature;
  readonly featureNames?: readonly string[] | undefined;
  /** Whether CSV begins with a header row, as MLflow's does. */
  readonly hasHeader: boolean;
  readonly redactions: ReadonlyMap<string, TensorRedaction>;
}

/**
 * Tensors of a captured body, whichever protocol it came by: all of them were answered, so they only need telling apart.
 *
 * What was hashed or left out before it was captured comes as 0 or an empty text.
 *
 * @throws a PlatformError for a body that none of the protocols has
 */
export function readCapturedBody({ contentType, encoding, data }: Payload, options: BodyOptions): Tensor[] {
  if (encoding === 'CSV') return csvTensors(data, options);
  if (encoding === 'BASE64') return binaryTensors(fromBase64(data), options);
  if (/jsonlines/i.test(contentType)) return recordsToTensors(options.signature, jsonLines(data));
  const value = parseJson(data);
  return jsonTensors(data.includes('"b64"') ? decodeBase64Values(value) : value, options);
}

/** Both sides' names of lists of tensors or of whole columns, then of rows. */
const COLUMNS = ['inputs', 'outputs'];
const ROWS = ['instances', 'predictions'];

function jsonTensors(value: JsonValue, options: BodyOptions): Tensor[] {
  const { signature } = options;
  if (!isRecord(value)) return recordsToTensors(signature, value as JsonValue[]);
  const written = openInferenceTensors(value);
  if (written) return readTensors(withoutRedacted(written, options), new Uint8Array());
  const frame = frameOf(value);
  if (frame) return frameToTensors(options, frame);
  const rows = firstOf(value, ROWS);
  if (Array.isArray(rows)) return recordsToTensors(signature, rows);
  return columnsToTensors(signature, rows ?? firstOf(value, COLUMNS) ?? null);
}

const firstOf = (value: { [key: string]: JsonValue }, names: readonly string[]): JsonValue | undefined => {
  const name = names.find((each) => Object.hasOwn(value, each));
  return name === undefined ? undefined : value[name];
};

function openInferenceTensors(value: { [key: string]: JsonValue }): WrittenTensor[] | undefined {
  const tensors = firstOf(value, COLUMNS);
  const isWritten = Array.isArray(tensors) && tensors.every((each) => isRecord(each) && 'datatype' in each);
  return isWritten ? (tensors as unknown as WrittenTensor[]) : undefined;
}

function frameOf({
  dataframe_split: split,
  dataframe_records: records,
}: {
  [key: string]: JsonValue;
}): Frame | undefined {
  if (Array.isArray(records)) return recordsToFrame(records as { [column: string]: JsonValue }[]);
  if (split === undefined || !isRecord(split)) return undefined;
  return { columns: (split['columns'] as JsonValue[]).map(String), rows: split['data'] as JsonValue[][] };
}

/** A hash is a string whatever the datatype, and what was left out is null: neither is an element. */
function withoutRedacted(tensors: readonly WrittenTensor[], { redactions }: BodyOptions): WrittenTensor[] {
  return tensors.flatMap((tensor) => {
    const redaction = redactions.get(tensor.name);
    if (redaction?.all) return [];
    if (!redaction?.columns || !Array.isArray(tensor.data)) return [tensor];
    const width = tensor.shape[1] ?? 1;
    const data = tensor.data.map((value, i) => (redaction.columns?.has(i % width) ? blank(tensor.datatype) : value));
    return [{ ...tensor, data }];
  });
}

const blank = (datatype: Datatype): JsonValue => (datatype === 'BYTES' ? '' : 0);

const jsonLines = (text: string): JsonValue[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseJson);

function csvTensors(text: string, options: BodyOptions): Tensor[] {
  const { signature, hasHeader, redactions } = options;
  const rows = readCsv(text, 'a captured body has some');
  // What was redacted was written from the tensors, without a header.
  if (hasHeader && redactions.size === 0) return headedTensors(rows, options);
  const places = columnPlaces(signature, rows[0]?.length ?? 0).map(({ input, column }) => {
    const redaction = redactions.get(input.name);
    const isRedacted = redaction?.all !== undefined || redaction?.columns?.has(column) === true;
    return { datatype: input.datatype, isRedacted };
  });
  const cell = (value: string, at: number): JsonValue => {
    const { datatype = 'FP32', isRedacted = false } = places[at] ?? {};
    return isRedacted ? blank(datatype) : parseCell(value, datatype);
  };
  return flatRowsToTensors(
    signature,
    rows.map((row) => row.map(cell)),
  );
}

function headedTensors([columns = [], ...lines]: string[][], options: BodyOptions): Tensor[] {
  const datatypes = columns.map((column) => columnDatatype(options.signature, column));
  const rows = lines.map((line) => line.map((cell, at) => parseCell(cell, datatypes[at] ?? 'FP32')));
  return frameToTensors(options, { columns, rows });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON and bytes behind it; where the body does not begin with JSON it is the one input's bytes. */
function binaryTensors(bytes: Uint8Array, { signature }: BodyOptions): Tensor[] {
  const end = jsonEnd(bytes);
  const head = end > 0 ? parsed(bytes.subarray(0, end)) : undefined;
  const written = head !== undefined && isRecord(head) ? openInferenceTensors(head) : undefined;
  return written ? readTensors(written, bytes.subarray(end)) : [rawInput(signature, bytes)];
}

function parsed(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(utf8.decode(bytes));
  } catch {
    // Numbers that happen to look like braces.
    return undefined;
  }
}

const [OPEN, CLOSE, QUOTE, BACKSLASH] = [0x7b, 0x7d, 0x22, 0x5c];

/** Where the object ends that the bytes begin with: a record does not keep the header that says so. 0 where there is none. */
function jsonEnd(bytes: Uint8Array): number {
  if (bytes[0] !== OPEN) return 0;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN) depth += 1;
    else if (byte === CLOSE) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return 0;
}
