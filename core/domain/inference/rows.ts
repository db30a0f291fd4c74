import { PlatformError } from '../errors.ts';
import type { JsonValue } from '../json/parse-json.ts';
import { writeNested } from '../json/write-json.ts';
import { parseElements } from './parse-elements.ts';
import type { ModelSignature, TensorSignature } from './signature.ts';
import type { Tensor } from './tensor.ts';

/** Translation between rows (one record per prediction) and tensors (one column block per input), by the signature. */

/** How many columns of a flat row belong to an input, and how one row's value nests. */
interface Block {
  readonly input: TensorSignature;
  /** Sizes of the dimensions after the first. */
  readonly inner: readonly number[];
  readonly width: number;
}

/**
 * Makes tensors from flat rows, as CSV has them: the inputs' columns side by side in the order of the signature.
 * An input `[N, 4]` takes 4 columns, `[N]` and `[N, 1]` one each. One variable inner dimension is allowed where there is
 * a single input: it takes all columns.
 *
 * @throws `infer.shape_mismatch` for a row of another width, naming it
 */
export function flatRowsToTensors(signature: ModelSignature, rows: readonly (readonly JsonValue[])[]): Tensor[] {
  const columns = rows[0]?.length ?? 0;
  const blocks = signature.inputs.map((input) => toBlock(input, signature.inputs.length === 1 ? columns : undefined));
  const width = blocks.reduce((sum, block) => sum + block.width, 0);
  const bad = rows.findIndex((row) => row.length !== width);
  if (bad >= 0) throw wrongWidth(signature, bad, { got: rows[bad]?.length ?? 0, expected: width });
  let start = 0;
  return blocks.map(({ input, inner, width: blockWidth }) => {
    const from = start;
    start += blockWidth;
    const { name, datatype } = input;
    const shape = input.shape.length === 1 ? [rows.length] : [rows.length, ...inner];
    const values = rows.flatMap((row) => row.slice(from, from + blockWidth));
    return { name, datatype, shape, data: parseElements({ name, datatype, shape }, values) };
  });
}

/** What stands in each column of a flat row: which input, and which of its columns. */
export function columnPlaces(
  signature: ModelSignature,
  columns: number,
): { readonly input: TensorSignature; readonly column: number }[] {
  const blocks = signature.inputs.map((input) => toBlock(input, signature.inputs.length === 1 ? columns : undefined));
  return blocks.flatMap(({ input, width }) => Array.from({ length: width }, (_, column) => ({ input, column })));
}

/** The datatype of each column of a flat row. */
export const columnDatatypes = (signature: ModelSignature, columns: number): TensorSignature['datatype'][] =>
  columnPlaces(signature, columns).map(({ input }) => input.datatype);

/**
 * Makes tensors from records: each is an object with a value per input, or, for a single input, the value itself.
 * A record of a single `[N, 4]` input is `[1, 2, 3, 4]` or `{"features": [1, 2, 3, 4]}`; a flat record of several inputs
 * is read like a CSV row.
 *
 * @throws `infer.input_missing`, `infer.input_unknown` and what `parseElements` throws
 */
export function recordsToTensors(signature: ModelSignature, records: readonly JsonValue[]): Tensor[] {
  const named = records.map((record) => asFeatures(record, signature));
  const [only, ...others] = signature.inputs;
  if (only && others.length === 0) {
    const values = named.map((record) =>
      isRecord(record) ? member(record, only.name, { signature, what: RECORD }) : record,
    );
    return [stack(only, values)];
  }
  if (named.every((record): record is JsonValue[] => Array.isArray(record))) return flatRowsToTensors(signature, named);
  return signature.inputs.map((input) =>
    stack(
      input,
      named.map((record) => member(record, input.name, { signature, what: RECORD })),
    ),
  );
}

/**
 * One JSON text per row: the bare value for a single output, an object by output name for several.
 *
 * @param options.named whether a single output has its name, too
 * @returns undefined where an output does not have one entry per row and so cannot be cut into rows
 */
export function tensorsToRecords(
  outputs: readonly Tensor[],
  rows: number,
  { named = false }: { named?: boolean } = {},
): string[] | undefined {
  if (outputs.some(({ shape }) => shape[0] !== rows)) return undefined;
  const cell = (tensor: Tensor, row: number) => {
    const inner = tensor.shape.slice(1);
    const stride = inner.reduce((product, size) => product * size, 1);
    return writeNested(tensor, inner, row * stride);
  };
  const [only, ...others] = outputs;
  return Array.from({ length: rows }, (_, row) =>
    only && others.length === 0 && !named
      ? cell(only, row)
      : `{${outputs.map((tensor) => `${JSON.stringify(tensor.name)}:${cell(tensor, row)}`).join(',')}}`,
  );
}

function toBlock(input: TensorSignature, columns: number | undefined): Block {
  const inner = input.shape.slice(1);
  const fixed = inner.reduce<number>((product, size) => (typeof size === 'number' ? product * size : product), 1);
  const variable = inner.filter((size) => typeof size !== 'number').length;
  if (variable === 0 && !input.anyRank) return { input, inner: inner as number[], width: fixed };
  if (variable > 1 || columns === undefined || columns % fixed !== 0) {
    throw new PlatformError('infer.shape_mismatch', {
      message: `rows cannot be laid out as ${JSON.stringify(input.name)} [${input.shape.map((size) => size ?? -1).join(', ')}]; send its shape by the Open Inference Protocol`,
      details: { tensor: input.name, got: [], expected: input.shape.map((size) => size ?? -1) },
    });
  }
  const rest = columns / fixed;
  return {
    input,
    inner: input.anyRank ? [columns] : inner.map((size) => (typeof size === 'number' ? size : rest)),
    width: columns,
  };
}

/** Stacks one value per row into a tensor; a scalar stands for a row of one element. */
export function stack(input: TensorSignature, values: readonly JsonValue[]): Tensor {
  const { name, datatype } = input;
  const inner = nestedShape(values[0]);
  const scalarRows = inner.length === 0 && input.shape.length === 2;
  const shape = [values.length, ...(scalarRows ? [1] : inner)];
  const nested = scalarRows ? values.map((value) => [value]) : [...values];
  return { name, datatype, shape, data: parseElements({ name, datatype, shape }, nested) };
}

/** No tensor has more dimensions; bounds the walk down a hostile nest. */
const MAX_RANK = 32;

export function nestedShape(value: JsonValue | undefined): number[] {
  const shape: number[] = [];
  let level = value;
  while (Array.isArray(level) && shape.length < MAX_RANK) {
    shape.push(level.length);
    level = level[0];
  }
  return shape;
}

export const isRecord = (value: JsonValue): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `{"features": [...]}` is how SageMaker's own algorithms write a record. */
function asFeatures(record: JsonValue, signature: ModelSignature): JsonValue {
  const isWrapped = isRecord(record) && Object.keys(record).length === 1 && Array.isArray(record['features']);
  return isWrapped && !signature.inputs.some(({ name }) => name === 'features')
    ? (record['features'] as JsonValue)
    : record;
}

const RECORD = 'a record';

/** One input's value of an object by input name, which may have no other members. */
export function member(
  record: JsonValue,
  name: string,
  { signature, what }: { signature: ModelSignature; what: string },
): JsonValue {
  const expected = signature.inputs.map((input) => input.name);
  const names = expected.map((input) => JSON.stringify(input)).join(', ');
  if (!isRecord(record) || !Object.hasOwn(record, name)) {
    throw new PlatformError('infer.input_missing', {
      message: `${what} has no ${JSON.stringify(name)}; it must be an object with ${names}`,
      details: { input: name, expected },
    });
  }
  const unknown = Object.keys(record).find((key) => !expected.includes(key));
  if (unknown !== undefined) {
    throw new PlatformError('infer.input_unknown', {
      message: `the model has no input ${JSON.stringify(unknown)}; it takes ${names}`,
      details: { input: unknown, expected },
    });
  }
  return record[name] as JsonValue;
}

const wrongWidth = (signature: ModelSignature, row: number, { got, expected }: { got: number; expected: number }) =>
  new PlatformError('infer.shape_mismatch', {
    message: `row ${row + 1} has ${got} columns; the model takes ${expected} (${signature.inputs.map(({ name }) => JSON.stringify(name)).join(', ')}), without a header row`,
    details: { tensor: signature.inputs[0]?.name ?? '', got: [got], expected: [expected] },
  });
