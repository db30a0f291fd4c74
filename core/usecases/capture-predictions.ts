import { type CaptureLine, captureRecord, type Prediction } from '../domain/capture/capture-record.ts';
import { isSampled } from '../domain/capture/is-sampled.ts';
import type { Pseudonym } from '../domain/capture/redact-payload.ts';
import { planRedaction, type RedactionPlan, type RedactionRules } from '../domain/capture/redaction-plan.ts';
import type { CaptureSink } from '../ports/capture-sink.ts';
import type { CaptureSpill } from '../ports/capture-spill.ts';
import type { RecentPredictions } from '../ports/label-store.ts';
import { createBreaker } from './breaker.ts';
import { createRecentTeller } from './tell-recent.ts';

/**
 * What became of the predictions of this process. At every moment
 *
 *     served = captured + sampledOut + spilled + lost + waiting
 */
export interface CaptureCounters {
  /** Predictions that were answered. */
  readonly served: number;
  /** Taken by the sink at first try. */
  readonly captured: number;
  readonly sampledOut: number;
  /** Put aside because the sink did not take them; the sink gets them later. */
  readonly spilled: number;
  /** Neither taken nor kept: no room was left. */
  readonly lost: number;
  /** In memory. */
  readonly waiting: number;
  /** Of what was spilled, by this process or one before it on the same disk, taken by the sink meanwhile. */
  readonly replayed: number;
  /** Of all records, those that had to leave a payload out. */
  readonly truncated: number;
}

/** A prediction that may be captured, and about how much memory it holds. */
export type Offer = Prediction & { readonly bytes: number };

export interface CaptureDependencies {
  readonly rules: RedactionRules & { readonly samplingRate: number; readonly waitMs: number };
  readonly service: string;
  readonly sink: CaptureSink;
  readonly spill: CaptureSpill;
  /** Told of what is delivered, so that a label finds its prediction before the capture arrives. */
  readonly recent: RecentPredictions;
  /** The keyed hash; asked once it is needed. */
  readonly pseudonym: () => Promise<Pseudonym>;
  readonly recordLimitBytes: number;
  readonly monotonicMs: () => number;
  /** Resolves after `ms` milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Told what was counted since it was last told. */
  readonly report: (counters: CaptureCounters) => void;
  readonly onFault: (fault: { what: string; error: unknown }) => void;
}

export interface PredictionCapture {
  /** To be called for every prediction. Resolves within `waitMs`, at once but for about one call a second; never rejects. */
  offer(prediction: Offer): Promise<void>;
  counters(): CaptureCounters;
  /** Delivers at once: all that was offered has then been captured, spilled or lost, unless the key of the hash is out of reach. */
  flush(): Promise<void>;
}

/** Records of one delivery, and how long one may lie in memory before a delivery starts. */
const BATCH_RECORDS = 500;
const BATCH_BYTES = 3 * 1024 * 1024;
const DELIVER_AFTER_MS = 1_000;
/** What may be held in memory: beyond it a prediction is lost to the captures rather than to the caller. */
const HELD_RECORDS = 5_000;
const HELD_BYTES = 32 * 1024 * 1024;
/** A delivery that took longer than requests wait: for this long no request waits. */
const IMPATIENCE_MS = 30_000;
const REPORT_AFTER_MS = 10_000;

type Counts = { -readonly [Name in Exclude<keyof CaptureCounters, 'waiting'>]: number };
const noCounts = (): Counts => ({
  served: 0,
  captured: 0,
  sampledOut: 0,
  spilled: 0,
  lost: 0,
  replayed: 0,
  truncated: 0,
});

/**
 * Captures predictions beside the requests that make them.
 *
 * An offer is a hash and a push; records are built and delivered in batches, one delivery at a time, while later requests are
 * answered. The request that starts a delivery waits for it for a moment, because Lambda freezes a function that has answered.
 * What the sink does not take goes to the spill, and from there to the sink when it takes records again.
 */
export function createPredictionCapture(dependencies: CaptureDependencies): PredictionCapture {
  const { rules, sink, spill, monotonicMs, sleep, onFault } = dependencies;
  const counts = noCounts();
  const buffer: Offer[] = [];
  let waiting = 0;
  let heldBytes = 0;
  let delivery: Promise<void> | undefined;
  let lastDeliveryMs = Number.NEGATIVE_INFINITY;
  let timerIsSet = false;
  let patientFromMs = Number.NEGATIVE_INFINITY;
  // While it is open, records go to the spill.
  const breaker = createBreaker(monotonicMs);
  const reporter = createReporter(dependencies, counts, () => waiting);
  const lines = createLineWriter(dependencies);
  const tellRecent = createRecentTeller(dependencies);

  const takeBatch = (): Offer[] => {
    let bytes = 0;
    let records = 0;
    for (const offer of buffer) {
      if (records > 0 && (records >= BATCH_RECORDS || bytes + offer.bytes > BATCH_BYTES)) break;
      // Came after the question whether all can be hashed: the next batch takes it.
      if (!lines.canWrite(offer)) break;
      bytes += offer.bytes;
      records += 1;
    }
    return buffer.splice(0, records);
  };

  /** The records leave memory in the same step in which they are counted as what became of them. */
  const settle = (offers: readonly Offer[], became: Partial<Counts>): void => {
    waiting -= offers.length;
    heldBytes -= offers.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [name, count] of Object.entries(became)) counts[name as keyof Counts] += count;
  };

  /** @returns what the sink did not take */
  const putToSink = async (lines: readonly string[]): Promise<readonly string[]> => {
    if (lines.length === 0 || breaker.isOpen()) return lines;
    const { refused, error } = await sink.put(lines).catch((error: unknown) => ({ refused: lines, error }));
    if (refused.length === 0) breaker.succeeded();
    else {
      breaker.failed();
      onFault({ what: `the capture sink refused ${refused.length} of ${lines.length} records`, error });
    }
    return refused;
  };

  /** @returns how many left the buffer */
  const deliverBatch = async (): Promise<number> => {
    const offers = takeBatch();
    const written = offers.map(lines.write).filter((line) => line !== undefined);
    const texts = written.map(({ text }) => text);
    tellRecent(offers);
    const refused = await putToSink(texts);
    const kept = refused.length === 0 ? 0 : await spill.append(refused);
    settle(offers, {
      captured: texts.length - refused.length,
      spilled: kept,
      lost: offers.length - texts.length + refused.length - kept,
      truncated: written.filter(({ truncated }) => truncated).length,
    });
    return offers.length;
  };

  /** @returns whether there was something, and the sink took all of it */
  const replay = async (): Promise<boolean> => {
    if (breaker.isOpen()) return false;
    const spilled = await spill.oldest();
    if (spilled === undefined) return false;
    const refused = await putToSink(spilled.lines);
    await spill.retain(spilled.id, refused);
    counts.replayed += spilled.lines.length - refused.length;
    reporter.schedule();
    return refused.length === 0;
  };

  const deliver = (): Promise<void> => {
    lastDeliveryMs = monotonicMs();
    delivery ??= (async () => {
      try {
        // What is new goes first, so that a long spill holds nothing up; one spilled batch follows each. What comes meanwhile
        // waits for the next delivery, or until it fills a batch: else a busy process would send a handful at a time.
        let due = buffer.length;
        let more = true;
        while (more || due > 0) {
          if (due > 0 && !(await lines.areReady(buffer))) break;
          if (due > 0) due -= await deliverBatch();
          if (buffer.length >= BATCH_RECORDS) due = buffer.length;
          more = await replay();
        }
      } catch (error) {
        // A bug, or a disk that fails while it is read: the next delivery goes on.
        onFault({ what: 'captures could not be delivered', error });
      } finally {
        delivery = undefined;
        if (breaker.isOpen() || buffer.length > 0) setTimer(Math.max(breaker.remainingMs(), DELIVER_AFTER_MS));
      }
    })();
    return delivery;
  };

  const setTimer = (afterMs: number): void => {
    if (timerIsSet) return;
    timerIsSet = true;
    void sleep(afterMs).then(() => {
      timerIsSet = false;
      void deliver();
    });
  };

  const waitFor = async (delivered: Promise<void>): Promise<void> => {
    if (rules.waitMs === 0 || breaker.isOpen() || monotonicMs() < patientFromMs) return;
    const inTime = await Promise.race([delivered.then(() => true), sleep(rules.waitMs).then(() => false)]);
    if (!inTime) patientFromMs = monotonicMs() + IMPATIENCE_MS;
  };

  return {
    async offer(prediction) {
      counts.served += 1;
      reporter.schedule();
      if (!isSampled(prediction.predictionId, rules.samplingRate)) {
        counts.sampledOut += 1;
        return;
      }
      if (waiting >= HELD_RECORDS || heldBytes + prediction.bytes > HELD_BYTES) {
        counts.lost += 1;
        return;
      }
      waiting += 1;
      heldBytes += prediction.bytes;
      buffer.push(prediction);
      const isDue = monotonicMs() - lastDeliveryMs >= DELIVER_AFTER_MS || buffer.length >= BATCH_RECORDS;
      if (delivery === undefined && isDue) await waitFor(deliver());
      else setTimer(DELIVER_AFTER_MS);
    },
    counters: () => ({ ...counts, waiting }),
    async flush() {
      await delivery;
      await deliver();
    },
  };
}

/** Reports what was counted since the last report, some time after there is something to report. */
function createReporter({ sleep, report }: CaptureDependencies, counts: Readonly<Counts>, waiting: () => number) {
  let reported = noCounts();
  let isScheduled = false;
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    void sleep(REPORT_AFTER_MS).then(() => {
      isScheduled = false;
      const since = noCounts();
      for (const name of Object.keys(since) as (keyof Counts)[]) since[name] = counts[name] - reported[name];
      reported = { ...counts };
      report({ ...since, waiting: waiting() });
      // What is still on its way will be counted later.
      if (waiting() > 0) schedule();
    });
  };
  return { schedule };
}

/** Builds lines; a prediction that cannot be written is told of and not captured. */
function createLineWriter({ rules, pseudonym, recordLimitBytes, onFault }: CaptureDependencies) {
  const plans = new Map<number, RedactionPlan>();
  const planFor = ({ model }: Prediction): RedactionPlan => {
    const known = plans.get(model.version) ?? planRedaction(rules, model);
    if (!plans.has(model.version) && known.unknown.length > 0) {
      const names = known.unknown.map((name) => JSON.stringify(name)).join(', ');
      const what = `captures of version ${model.version} hold no payload: its model has no ${names}, which capture declares to be hashed, dropped or the subject`;
      onFault({ what, error: undefined });
    }
    plans.set(model.version, known);
    return known;
  };
  const rulesHash = rules.hash.length > 0 || rules.subject !== undefined;
  let keyed: Pseudonym | undefined;
  const canWrite = ({ routeKey }: Prediction): boolean => keyed !== undefined || !(rulesHash || routeKey !== undefined);
  return {
    canWrite,
    /** Nothing is written before it can be hashed: until then predictions wait in memory. */
    async areReady(predictions: readonly Prediction[]): Promise<boolean> {
      if (predictions.every(canWrite)) return true;
      try {
        keyed ??= await pseudonym();
        return true;
      } catch (error) {
        onFault({ what: 'the key of the hash in captures could not be had', error });
        return false;
      }
    },
    write(prediction: Prediction): CaptureLine | undefined {
      try {
        const hash = keyed ?? noPseudonym;
        return captureRecord(prediction, planFor(prediction), { pseudonym: hash, limitBytes: recordLimitBytes });
      } catch (error) {
        onFault({ what: 'a prediction could not be written as a capture record', error });
        return undefined;
      }
    },
  };
}

const noPseudonym: Pseudonym = () => {
  throw new TypeError('a rule asks for a hash, and none was declared');
};
