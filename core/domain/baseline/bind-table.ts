import { modelColumns, type WatchedModel } from '../capture/model-columns.ts';
import { parseCell } from '../csv/parse-cell.ts';
import { isPlatformError, PlatformError } from '../errors.ts';
import { readFeatureNames } from '../inference/frames.ts';
import { parseElements } from '../inference/parse-elements.ts';
import type { TensorSignature } from '../inference/signature.ts';
import type { Tensor } from '../inference/tensor.ts';
import type { JsonValue } from '../json/parse-json.ts';
import type { DatasetFormat, DatasetRow } from './dataset-reader.ts';
import { malformedRow } from './malformed-row.ts';

export interface TableOptions {
  readonly format: DatasetFormat;
  /** Column with the time of each row. */
  readonly time?: string | undefined;
  /** Columns that are no features, where the model does not name its own. */
  readonly ignore?: readonly string[] | undefined;
}

/** How the rows of a data set become requests of a model. */
export interface BoundTable {
  /** Names for the columns of the one input, where the model has none for them. */
  readonly featureNames?: readonly string[] | undefined;
  /** @param first row of them, counted from 1 @throws `baseline.malformed` naming row and column */
  toInputs(rows: readonly DatasetRow[], first: number): Tensor[];
  /** Times in ms; undefined where the data has none. @throws `baseline.malformed` */
  toTimes(rows: readonly DatasetRow[], first: number): Float64Array | undefined;
}

/**
 * Finds the model's features among the columns of a data set: by name where the model names them (or has several inputs), whatever else
 * the data set has being left aside; else in their order, once the columns that are no features have been named.
 *
 * @throws `baseline.columns_mismatch`
 */
export function bindTable(model: WatchedModel, header: readonly string[], options: TableOptions): BoundTable {
  const { format, time } = options;
  const names = namesFor(model, header, options);
  const places = model.signature.inputs.map((input) => placesOf(model, input, { header, names }));
  const timeAt = time === undefined ? undefined : header.indexOf(time);
  if (timeAt === -1) throw mismatch([time as string], header, `it has no column ${JSON.stringify(time)} for the time`);
  return {
    featureNames: names,
    toInputs: (rows, first) =>
      model.signature.inputs.map((input, i) =>
        toTensor(input, { rows, first, header, format, at: places[i] as number[] }),
      ),
    toTimes: (rows, first) =>
      timeAt === undefined ? undefined : timesOf(rows, { first, at: timeAt, column: time as string }),
  };
}

/** Undefined where the model itself names its features. */
function namesFor(
  { signature, metadata }: WatchedModel,
  header: readonly string[],
  { time, ignore = [] }: TableOptions,
): readonly string[] | undefined {
  const [input, ...others] = signature.inputs;
  const isOneColumn = input?.shape.length === 1 || (input?.shape.length === 2 && input.shape[1] === 1);
  if (input === undefined || others.length > 0 || readFeatureNames(signature, metadata) !== undefined) return undefined;
  if (isOneColumn && header.includes(input.name)) return undefined;
  const rest = header.filter((name) => name !== time && !ignore.includes(name));
  const width = input.shape.slice(1).reduce<number>((product, size) => product * Number(size ?? Number.NaN), 1);
  if (Number.isNaN(width) || rest.length === width) return rest;
  throw mismatch(
    [input.name],
    header,
    `it has ${rest.length} columns, the model takes ${width} and names none of them: name those that are no features as ignored`,
  );
}

function placesOf(
  model: WatchedModel,
  { name }: TensorSignature,
  { header, names }: { header: readonly string[]; names: readonly string[] | undefined },
): number[] {
  const { columns, notes } = modelColumns(model, names);
  const features = columns.filter(({ role, tensor }) => role === 'feature' && tensor === name);
  if (features.length === 0) throw mismatch([name], header, notes[0] ?? `${JSON.stringify(name)} has no columns`);
  const missing = features.filter((feature) => !header.includes(feature.name)).map((feature) => feature.name);
  if (missing.length === 0) return features.map((feature) => header.indexOf(feature.name));
  throw mismatch(
    features.map((feature) => feature.name),
    header,
    `it has no column ${missing
      .slice(0, 5)
      .map((each) => JSON.stringify(each))
      .join(', ')}`,
  );
}

interface Cells {
  readonly rows: readonly DatasetRow[];
  readonly first: number;
  readonly header: readonly string[];
  readonly format: DatasetFormat;
  readonly at: readonly number[];
}

function toTensor({ name, datatype, shape }: TensorSignature, { rows, first, header, format, at }: Cells): Tensor {
  const values = new Array<JsonValue>(rows.length * at.length);
  let next = 0;
  for (const row of rows) {
    for (const column of at) {
      values[next] =
        format === 'csv' ? parseCell(row[column] as string, datatype) : filled(row[column] ?? null, datatype);
      next += 1;
    }
  }
  const inner = shape.slice(1);
  // A variable size is that of the columns; where there are several sizes, all are known.
  const known = inner.map((size) => (typeof size === 'number' ? size : at.length));
  const full = shape.length === 1 ? [rows.length] : [rows.length, ...(inner.length === 0 ? [at.length] : known)];
  try {
    return { name, datatype, shape: full, data: parseElements({ name, datatype, shape: full }, values) };
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'infer.value_invalid') throw error;
    const { index } = error.details;
    const column = header[at[index % at.length] as number] as string;
    const reason = error.message.replace(/^.* is not a/, 'it is not a');
    throw malformedRow(reason, { row: first + Math.floor(index / at.length), column });
  }
}

/** What is missing of numbers is NaN, of texts the empty one; no other datatype has a value for it. */
function filled(value: JsonValue, datatype: TensorSignature['datatype']): JsonValue {
  if (value !== null) return value;
  if (datatype === 'BYTES') return '';
  return datatype.startsWith('FP') ? Number.NaN : null;
}

const NUMBER = /^[+-]?\d+(\.\d+)?$/;
/** Beyond this a number is of milliseconds: in seconds it would be the year 5138. */
const SECONDS_LIMIT = 100_000_000_000;

function timesOf(
  rows: readonly DatasetRow[],
  { first, at, column }: { first: number; at: number; column: string },
): Float64Array {
  return Float64Array.from(rows, (row, i) => {
    const text = String(row[at] ?? '').trim();
    const time = NUMBER.test(text)
      ? Number(text) * (Math.abs(Number(text)) < SECONDS_LIMIT ? 1_000 : 1)
      : Date.parse(text);
    if (Number.isFinite(time)) return time;
    throw malformedRow('it is no time: ISO 8601, or seconds or milliseconds since 1970, is expected', {
      row: first + i,
      column,
    });
  });
}

const mismatch = (expected: readonly string[], got: readonly string[], reason: string) =>
  new PlatformError('baseline.columns_mismatch', {
    message: `the baseline does not fit the model: ${reason}; it has ${got
      .slice(0, 8)
      .map((name) => JSON.stringify(name))
      .join(', ')}${got.length > 8 ? ` and ${got.length - 8} more` : ''}`,
    details: { expected: expected.slice(0, 50), got: got.slice(0, 50) },
  });
