import { PlatformError } from '../errors.ts';
import type { JsonValue } from '../json/parse-json.ts';
import type { Datatype } from './datatype.ts';
import { flatRowsToTensors, stack } from './rows.ts';
import type { ModelSignature, TensorSignature } from './signature.ts';
import type { Tensor } from './tensor.ts';

/** A table with named columns; `null` is a missing value. */
export interface Frame {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly JsonValue[])[];
}

/** What names the columns: the inputs themselves, or the names of the features of a single input. */
export interface FrameSchema {
  readonly signature: ModelSignature;
  readonly featureNames?: readonly string[] | undefined;
}

/**
 * Makes tensors from a frame. Columns are matched by name where names are known: one column per input, or, for a single
 * input `[N, F]` whose features are named, one column per feature in any order. Otherwise the columns are the features in
 * their order.
 *
 * @throws `infer.input_missing`, `infer.input_unknown`, `infer.input_duplicate` for columns that do not fit
 * @throws `infer.shape_mismatch` for a row of another width, and what `parseElements` throws
 */
export function frameToTensors({ signature, featureNames }: FrameSchema, frame: Frame): Tensor[] {
  checkFrame(frame);
  const { inputs } = signature;
  const [only] = inputs;
  if (only && inputs.length === 1 && !(frame.columns.length === 1 && frame.columns[0] === only.name)) {
    const isNumbered = frame.columns.every((column) => /^\d+$/.test(column));
    const order = featureNames && !isNumbered ? orderOf(frame.columns, featureNames) : undefined;
    const rows = frame.rows.map((row) => (order ? order.map((at) => row[at] ?? null) : row));
    return flatRowsToTensors(
      signature,
      rows.map((row) => row.map((value) => filled(value, only.datatype))),
    );
  }
  const order = orderOf(
    frame.columns,
    inputs.map(({ name }) => name),
  );
  return inputs.map((input, index) => toTensor(input, frame, order[index] as number));
}

/** The datatype of a column's values. */
export const columnDatatype = ({ inputs }: ModelSignature, column: string): Datatype =>
  (inputs.find(({ name }) => name === column) ?? inputs[0])?.datatype ?? 'FP32';

/** Feature names that an ONNX file states, where there is one for each column of its single input. */
export function readFeatureNames(
  { inputs }: ModelSignature,
  metadata: Readonly<Record<string, string>>,
): string[] | undefined {
  const text = Object.hasOwn(metadata, 'feature_names') ? metadata['feature_names'] : undefined;
  const [input, ...others] = inputs;
  if (text === undefined || !input || others.length > 0 || input.shape.length !== 2) return undefined;
  const names = parseNames(text);
  const width = input.shape[1];
  const fits = names !== undefined && (typeof width !== 'number' || width === names.length);
  return fits && new Set(names).size === names.length ? names : undefined;
}

function parseNames(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((name) => typeof name === 'string') ? value : undefined;
  } catch {
    // Not JSON: other exporters join the names by commas.
    return text.split(',').map((name) => name.trim());
  }
}

function toTensor(input: TensorSignature, { rows }: Frame, column: number): Tensor {
  return stack(
    input,
    rows.map((row) => filled(row[column] ?? null, input.datatype)),
  );
}

/** A missing number is NaN; a missing anything else stays `null`, which no other datatype takes. */
function filled(value: JsonValue, datatype: Datatype): JsonValue {
  if (!datatype.startsWith('FP')) return value;
  if (Array.isArray(value)) return value.map((inner) => filled(inner, datatype));
  return value === null ? Number.NaN : value;
}

function checkFrame({ columns, rows }: Frame): void {
  const seen = new Set<string>();
  for (const column of columns) {
    if (seen.has(column)) {
      throw new PlatformError('infer.input_duplicate', {
        message: `the column ${JSON.stringify(column)} is given twice; give it once`,
        details: { input: column },
      });
    }
    seen.add(column);
  }
  const bad = rows.findIndex((row) => row.length !== columns.length);
  if (bad < 0) return;
  throw new PlatformError('infer.shape_mismatch', {
    message: `row ${bad + 1} has ${rows[bad]?.length} values for ${columns.length} columns`,
    details: { tensor: columns[0] ?? '', got: [rows[bad]?.length ?? 0], expected: [columns.length] },
  });
}

/** Where each expected name stands among the columns. */
function orderOf(columns: readonly string[], expected: readonly string[]): number[] {
  const places = new Map(columns.map((column, index) => [column, index]));
  const order = expected.map((name) => {
    const place = places.get(name);
    if (place !== undefined) return place;
    throw new PlatformError('infer.input_missing', {
      message: `the column ${JSON.stringify(name)} is missing; the model takes ${list(expected)}`,
      details: { input: name, expected },
    });
  });
  const known = new Set(expected);
  const unknown = columns.find((column) => !known.has(column));
  if (unknown === undefined) return order;
  throw new PlatformError('infer.input_unknown', {
    message: `the model knows no column ${JSON.stringify(unknown)}; it takes ${list(expected)}`,
    details: { input: unknown, expected },
  });
}

const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');
