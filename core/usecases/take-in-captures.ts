import { PredictionId } from '../contracts/labels.ts';
import { serviceOfCaptures } from '../contracts/object-keys.ts';
import { parseCapturedRecord } from '../domain/capture/captured-record.ts';
import type { CaptureObjects } from '../ports/capture-objects.ts';
import type { KnownPrediction, PredictionIndex } from '../ports/label-store.ts';
import type { CountedObject, ObjectCounter } from './count-captures.ts';

export interface TakeInCapturesDependencies {
  readonly objects: Pick<CaptureObjects, 'lines'>;
  readonly index: PredictionIndex;
  readonly count: (service: string, key: string) => ObjectCounter;
}

export interface TakenIn extends CountedObject {
  readonly indexed: number;
  /** Lines that are no record of the service that the object belongs to. */
  readonly passedOver: number;
}

const NOTHING: TakenIn = { indexed: 0, passedOver: 0, rows: {}, uncounted: [], late: 0 };

/** How many are held in memory: an object has a hundred thousand and more. */
const BATCH = 1_000;

/**
 * Reads one capture object, once: remembers its predictions, by which labels are known to be somebody's, and counts them, of which windows are sums.
 * Doing it again changes nothing.
 *
 * @throws what reading, remembering or counting throws: whoever asked asks again. What of them works is done first
 */
export const takeInCaptures =
  ({ objects, index, count }: TakeInCapturesDependencies) =>
  async (key: string): Promise<TakenIn> => {
    const service = serviceOfCaptures(key);
    if (service === undefined) return NOTHING;
    const counter = count(service, key);
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
        await counter.add(record);
        if (batch.length === BATCH) await write();
      } else passedOver += 1;
    }
    if (batch.length > 0) await write();
    return { indexed, passedOver, ...(await counter.keep()) };
  };
