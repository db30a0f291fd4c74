import { type BoundTable, bindTable, type TableOptions } from '../domain/baseline/bind-table.ts';
import { type DatasetRow, datasetReader } from '../domain/baseline/dataset-reader.ts';
import type { RowSource } from '../domain/baseline/row-source.ts';
import type { WatchedModel } from '../domain/capture/model-columns.ts';
import { type ErrorCode, isPlatformError } from '../domain/errors.ts';
import type { Tensor } from '../domain/inference/tensor.ts';

export interface DatasetSourceOptions extends TableOptions {
  /** Reads the data set from its beginning, piece by piece. */
  readonly read: (take: (piece: Uint8Array) => Promise<void>) => Promise<void>;
  readonly model: WatchedModel;
  /** Asks the model. */
  readonly predict: (inputs: readonly Tensor[]) => Promise<readonly Tensor[]>;
  /** Rows that the model is asked at a time. */
  readonly batchRows: number;
  /** Called before each batch with the rows so far; may throw. */
  readonly onRows: (rows: number) => void;
}

/** What keeps a model from answering, and is no ground to refuse it. */
const UNPREDICTED: Partial<Record<ErrorCode, string>> = {
  'infer.model_failed': 'it fails on some of the rows',
  'infer.deadline_exceeded': 'it takes too long for many rows at once',
};

export interface DatasetSource {
  readonly source: RowSource;
  readonly featureNames: () => readonly string[] | undefined;
  /** Why the model's predictions are not in the rows; undefined where they are. */
  readonly unpredicted: () => string | undefined;
}

/**
 * Rows of an uploaded data set, with what the model answers to them.
 *
 * Where the model fails on any of them its predictions are left out altogether: half of them would look like another model.
 */
export function datasetSource(options: DatasetSourceOptions): DatasetSource {
  const { read, model, predict, batchRows, onRows, format } = options;
  let table: BoundTable | undefined;
  let unpredicted: string | undefined;
  const answers = async (inputs: readonly Tensor[], rows: number): Promise<readonly Tensor[]> => {
    if (unpredicted !== undefined) return [];
    try {
      const outputs = await predict(inputs);
      if (outputs.every(({ shape }) => shape[0] === rows)) return outputs;
      unpredicted = 'it does not give one answer for each row';
    } catch (error) {
      const reason = isPlatformError(error) ? UNPREDICTED[error.code] : undefined;
      if (reason === undefined) throw error;
      unpredicted = reason;
    }
    return [];
  };
  const source: RowSource = async (take) => {
    const reader = datasetReader(format);
    let waiting: DatasetRow[] = [];
    let rows = 0;
    const drain = async (least: number): Promise<void> => {
      waiting.push(...reader.take());
      let at = 0;
      for (; waiting.length - at >= least && at < waiting.length; ) {
        const batch = waiting.slice(at, at + batchRows);
        onRows(rows);
        table ??= bindTable(model, reader.header() ?? [], options);
        const inputs = table.toInputs(batch, rows + 1);
        const times = table.toTimes(batch, rows + 1);
        take({ rows: batch.length, inputs, outputs: await answers(inputs, batch.length), times });
        rows += batch.length;
        at += batch.length;
      }
      waiting = waiting.slice(at);
    };
    await read(async (piece) => {
      reader.push(piece);
      await drain(batchRows);
    });
    reader.end();
    await drain(1);
  };
  return { source, featureNames: () => table?.featureNames, unpredicted: () => unpredicted };
}
