import type { ColumnPlan, ProfilePlan } from '../drift/profile/profile.ts';
import type { ColumnValues, RowBatch } from '../drift/profile/row-batch.ts';
import { elementCount, type Tensor } from '../inference/tensor.ts';
import { halfToNumber } from '../json/write-json.ts';
import type { ModelColumn } from './model-columns.ts';

/** Inputs and outputs of a model. */
export interface RowTensors {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Gathers rows, so that they are counted by the hundred: a request mostly has one. */
export interface RowBuffer {
  /**
   * @param tensors of the same rows; columns of any other tensor are not told of
   * @returns how many rows there were; undefined where the tensors do not have the same number of them, and nothing was added
   */
  add(tensors: RowTensors): number | undefined;
  /** Hands on what is left. */
  flush(): void;
}

const CAPACITY = 512;

/**
 * @param options.columns where a plan's columns stand in the model's tensors
 * @param options.hidden names of columns whose values were left out or hashed before they were captured
 * @param options.take gets batches, whose arrays are used again afterwards
 */
export function rowBuffer(
  plan: ProfilePlan,
  {
    columns,
    hidden = new Set(),
    take,
  }: { columns: readonly ModelColumn[]; hidden?: ReadonlySet<string>; take: (batch: RowBatch) => void },
): RowBuffer {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const places = plan.columns.map(({ name }) => (hidden.has(name) ? undefined : byName.get(name)));
  const stores = plan.columns.map(({ kind }) =>
    kind === 'numeric' ? new Float64Array(CAPACITY) : new Array<string | null>(CAPACITY),
  );
  let observed: readonly boolean[] = [];
  let rows = 0;
  const flush = (): void => {
    if (rows > 0)
      take({ rows, columns: stores.map((store, i) => (observed[i] ? (store as ColumnValues) : undefined)) });
    rows = 0;
  };
  return {
    add(tensors) {
      const count = rowsOf(tensors);
      if (count === undefined) return undefined;
      const sources = places.map((place) => place && sourceOf(place, tensors));
      const tells = sources.map((source) => source !== undefined);
      if (tells.some((each, i) => each !== observed[i])) {
        flush();
        observed = tells;
      }
      for (let from = 0; from < count; ) {
        if (rows === CAPACITY) flush();
        const length = Math.min(CAPACITY - rows, count - from);
        for (const [i, source] of sources.entries()) {
          if (source === undefined) continue;
          const { offset } = places[i] as ModelColumn;
          const column = plan.columns[i] as ColumnPlan;
          copy(source, { from, length, offset }, { kind: column.kind, into: stores[i] as Float64Array, at: rows });
        }
        rows += length;
        from += length;
      }
      return count;
    },
    flush,
  };
}

function sourceOf({ role, tensor, offset }: ModelColumn, { inputs, outputs }: RowTensors): Tensor | undefined {
  const found = (role === 'feature' ? inputs : outputs).find(({ name }) => name === tensor);
  return found && offset < elementCount(found.shape.slice(1)) ? found : undefined;
}

/** Undefined where inputs and outputs have different numbers of rows. */
export function rowsOf({ inputs, outputs }: RowTensors): number | undefined {
  const [first, ...others] = [...inputs, ...outputs].map(({ shape }) => shape[0] ?? 1);
  return others.every((rows) => rows === first) ? first : undefined;
}

interface From {
  readonly from: number;
  readonly length: number;
  readonly offset: number;
}

interface Into {
  readonly kind: ColumnPlan['kind'];
  readonly into: Float64Array | (string | null)[];
  readonly at: number;
}

function copy(tensor: Tensor, { from, length, offset }: From, { kind, into, at }: Into): void {
  const width = elementCount(tensor.shape.slice(1));
  const read = kind === 'numeric' ? numberAt : categoryAt;
  for (let row = 0; row < length; row += 1) {
    (into as unknown[])[at + row] = read(tensor, (from + row) * width + offset);
  }
}

export function numberAt({ datatype, data }: Tensor, index: number): number {
  const value = data[index];
  return datatype === 'FP16' ? halfToNumber(value as number) : Number(value);
}

/** Without a text there is no category. */
export function categoryAt(tensor: Tensor, index: number): string | null {
  const value = tensor.data[index];
  if (tensor.datatype === 'BOOL') return value === 1 ? 'true' : 'false';
  const text = tensor.datatype === 'FP16' ? String(halfToNumber(value as number)) : String(value);
  return text === '' || text === 'NaN' ? null : text;
}
