import { type LabelBatch, type LabelReport, NAMED_UNKNOWN } from '../contracts/labels.ts';
import { PlatformError } from '../domain/errors.ts';
import { hourOf } from '../domain/labels/hour-of.ts';
import type { Label } from '../domain/labels/label.ts';
import { foldLabels, type LabelOutcome, outcomeOf } from '../domain/labels/newest-label.ts';
import type { LabelledHour, LabelStore } from '../ports/label-store.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import { requireService } from './find-service.ts';

/** A prediction is known a second after its answer: whoever labels as he predicts is not told that he made it up. */
const LOOK_AGAIN_AFTER_MS = 1_500;
/** Larger requests bring what happened long ago, of which a second look finds nothing more. */
const LOOK_AGAIN_LABELS = 100;

export interface RecordLabelsDependencies {
  readonly registry: ModelRegistry;
  readonly labels: LabelStore;
  /** Names of the services whose predictions are captured. */
  readonly captured: readonly string[];
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Keeps what turned out to be true of predictions. Repeating a request changes nothing, and so does its order among others: the
 * later label of a prediction counts, whenever it comes. A label of no known prediction is kept as well, and counted as unknown:
 * the prediction may be on its way.
 *
 * @throws `registry.service_not_found`
 * @throws `labels.not_captured` where nothing could ever be compared with a label
 */
export const recordLabels =
  ({ registry, labels: store, captured, sleep }: RecordLabelsDependencies) =>
  async (service: string, batch: LabelBatch, { now }: { now: number }): Promise<LabelReport> => {
    await requireService(registry, service);
    if (!captured.includes(service)) throw notCaptured(service);
    const told = foldLabels(batch.map((input) => toLabel(input, now)));
    const ids = new Set(told.newest.map(({ id }) => id));
    const predictions = await store.findPredictions(service, [...ids], { now });
    const before = await store.keep(service, told.newest, { now });
    if (predictions.size < ids.size && batch.length <= LOOK_AGAIN_LABELS) {
      await sleep(LOOK_AGAIN_AFTER_MS);
      const missed = [...ids].filter((id) => !predictions.has(id));
      for (const [id, atMs] of await store.findPredictions(service, missed, { now })) predictions.set(id, atMs);
    }
    const outcomes = new Map<Label, LabelOutcome>(
      told.newest.map((label, index) => [label, outcomeOf(label, before[index])]),
    );
    for (const label of told.duplicate) outcomes.set(label, 'duplicate');
    for (const label of told.outdated) outcomes.set(label, 'outdated');
    const known = [...outcomes].filter(([{ id }]) => predictions.has(id));
    // Last, and whatever the outcome: whoever reads the mark finds the labels, and a request that failed before this line and is
    // repeated, all duplicates by then, marks what it had kept.
    await store.markHours(service, countByHour(known, predictions), { now });
    const count = (...which: LabelOutcome[]) => known.filter(([, outcome]) => which.includes(outcome)).length;
    const unknownIds = [...ids].filter((id) => !predictions.has(id)).slice(0, NAMED_UNKNOWN);
    return {
      service,
      received: batch.length,
      accepted: count('new', 'corrected'),
      corrected: count('corrected'),
      duplicate: count('duplicate'),
      outdated: count('outdated'),
      unknown: batch.length - known.length,
      unknownIds,
    };
  };

const toLabel = ({ id, label, at, row = 0 }: LabelBatch[number], now: number): Label => ({
  id,
  row,
  value: label,
  atMs: at === undefined ? now : Date.parse(at),
});

function countByHour(
  known: readonly (readonly [Label, LabelOutcome])[],
  predictions: ReadonlyMap<string, number>,
): Map<string, LabelledHour> {
  const hours = new Map<string, LabelledHour>();
  for (const [{ id }, outcome] of known) {
    const hour = hourOf(predictions.get(id) as number);
    const { labels, corrections } = hours.get(hour) ?? { labels: 0, corrections: 0 };
    hours.set(hour, {
      labels: labels + (outcome === 'new' ? 1 : 0),
      corrections: corrections + (outcome === 'corrected' ? 1 : 0),
    });
  }
  return hours;
}

const notCaptured = (service: string) =>
  new PlatformError('labels.not_captured', {
    message: `the predictions of ${service} are not captured, so no label can be compared with one; declare the service with "capture" in keelson.config.ts and deploy`,
    details: { service },
  });
