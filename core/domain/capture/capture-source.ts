import type { RowSource } from '../baseline/row-source.ts';
import { parseCapturedRecord } from './captured-record.ts';
import { hiddenColumns } from './hidden-columns.ts';
import { modelColumns, type WatchedModel } from './model-columns.ts';
import { capturedRowsReader } from './read-captured-rows.ts';
import { planRedaction, type RedactionRules } from './redaction-plan.ts';
import { rowsOf } from './row-buffer.ts';

export interface CaptureSourceOptions {
  readonly service: string;
  readonly version: number;
  readonly model: WatchedModel;
  readonly featureNames?: readonly string[] | undefined;
  readonly rules: RedactionRules;
  /** Predictions made from then on. @default - all */
  readonly fromMs?: number | undefined;
  /** Until then, exclusive. @default - all */
  readonly toMs?: number | undefined;
  /** Gives the lines of capture objects in the order of their keys, the same each time. */
  readonly readLines: (take: (line: string) => void) => Promise<void>;
}

export interface CaptureSource {
  readonly source: RowSource;
  /** Columns that captures do not tell of. */
  readonly hidden: ReadonlySet<string>;
}

/**
 * Rows of a version's captured predictions, each event once; what cannot be read is passed over.
 *
 * Deliveries overlap by seconds, so that a record may be older than one before: its time counts as that one's.
 */
export function captureSource(options: CaptureSourceOptions): CaptureSource {
  const { service, version, model, featureNames, rules, readLines } = options;
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options;
  const plan = planRedaction(rules, model);
  const hidden = hiddenColumns(modelColumns(model, featureNames).columns, plan);
  const read = capturedRowsReader(model, plan);
  const source: RowSource = async (take) => {
    const seen = new Set<string>();
    let latestMs = Number.NEGATIVE_INFINITY;
    await readLines((line) => {
      const record = parseCapturedRecord(line);
      if (record?.service !== service || record.version !== version || seen.has(record.eventId)) return;
      if (record.atMs < fromMs || record.atMs >= toMs) return;
      seen.add(record.eventId);
      const tensors = record.isWithheld || record.isTruncated ? undefined : read(record);
      const rows = tensors && rowsOf(tensors);
      if (tensors === undefined || rows === undefined) return;
      latestMs = Math.max(latestMs, record.atMs);
      take({ ...tensors, rows, times: new Float64Array(rows).fill(latestMs) });
    });
  };
  return { source, hidden };
}
