import { PredictionId } from '../contracts/labels.ts';
import { serviceOfCaptures } from '../contracts/object-keys.ts';
import { parseCapturedRecord } from '../domain/capture/captured-record.ts';
import type { CaptureObjects } from '../ports/capture-objects.ts';
import type { KnownPrediction, PredictionIndex } from '../ports/label-store.ts';

export interface IndexCapturesDependencies {
  readonly objects: CaptureObjects;
  readonly index: PredictionIndex;
}

export interface IndexedCaptures {
  readonly indexed: number;
  /** Lines that are no record of the service that the object belongs to. */
  readonly passedOver: number;
}

/** How many are held in memory: an object has a hundred thousand and more. */
const BATCH = 1_000;

/**
 * Remembers the predictions of one capture object, by which labels are known to be somebody's. Doing it again changes nothing.
 *
 * @throws what reading or remembering throws: whoever asked asks again
 */
export const indexCaptures =
  ({ objects, index }: IndexCapturesDependencies) =>
  async (key: string): Promise<IndexedCaptures> => {
    const service = serviceOfCaptures(key);
    if (service === undefined) return { indexed: 0, passedOver: 0 };
    let indexed = 0;
    let passedOver = 0;
    let batch: KnownPrediction[] = [];
    const write = async (): Promise<void> => {
      await index.add(service, batch);
      indexed += batch.length;
      batch = [];
    };
    for await (const line of objects.lines(key)) {
      const record = parseCapturedRecord(line);
      // An id that inference would not take could not be labelled, and might have a whole batch refused.
      if (record?.service === service && PredictionId.safeParse(record.predictionId).success) {
        batch.push({ id: record.predictionId, atMs: record.atMs });
        if (batch.length === BATCH) await write();
      } else passedOver += 1;
    }
    if (batch.length > 0) await write();
    return { indexed, passedOver };
  };
