import { isSampled } from '../domain/capture/is-sampled.ts';
import { type JoinedLabels, joinLabels, type PredictedRow } from '../domain/performance/join-labels.ts';
import { type ComparedVersion, predictedRowsReader } from '../domain/performance/predicted-rows.ts';
import type { CaptureObjects } from '../ports/capture-objects.ts';
import type { LabelReader } from '../ports/label-store.ts';

export interface JoinCapturesDependencies {
  readonly objects: Pick<CaptureObjects, 'lines'>;
  readonly labels: Pick<LabelReader, 'find'>;
}

export interface CapturedWindow {
  /** Keys of the objects that may hold its predictions. */
  readonly keys: readonly string[];
  /** By the time of the predictions: from inclusive, to exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * Share of the predictions that is looked at, 0 to 1, told by their ids: a window of millions needs no more than some ten thousand for intervals
   * of a percent. As the sampling of captures does: 0.1 of what was captured at 0.3 is a third of it. @default 1
   */
  readonly samplingRate?: number;
}

/** As many labels as are asked for at once. */
const BATCH = 5_000;

/**
 * The predictions that a version made in a window, beside the labels that have come for them by now.
 *
 * @throws what reading captures or labels throws
 *
 * Cost: memory by the rows that are looked at, some 300 bytes each; a read of a label for each.
 */
export const joinCaptures =
  ({ objects, labels }: JoinCapturesDependencies) =>
  async (version: ComparedVersion, window: CapturedWindow): Promise<JoinedLabels> => {
    const { keys, fromMs, toMs, samplingRate = 1 } = window;
    const read = predictedRowsReader(version);
    const rows: PredictedRow[] = [];
    for (const key of keys) {
      for await (const line of objects.lines(key)) {
        for (const row of read(line)) {
          if (row.atMs >= fromMs && row.atMs < toMs && isSampled(row.id, samplingRate)) rows.push(row);
        }
      }
    }
    const found: Awaited<ReturnType<LabelReader['find']>>[] = [];
    for (let from = 0; from < rows.length; from += BATCH) {
      found.push(await labels.find(version.service, rows.slice(from, from + BATCH)));
    }
    return joinLabels(rows, found.flat());
  };
