import { type LabelInput, type LabelReport, NAMED_UNKNOWN } from '../../../core/contracts/labels.ts';
import { CONTROL_BODY_LIMIT_BYTES, LABELS_LIMIT } from '../../../core/contracts/limits.ts';
import type { KeelsonClient } from '../../client/index.ts';
import type { ReadLabel } from './read-labels.ts';

/** Enough to hide the network behind the work of one function or two, and few enough not to be throttled. */
const REQUESTS_AT_ONCE = 4;

export interface SendLabelsOptions {
  readonly client: Pick<KeelsonClient, 'label'>;
  /** Told how far into the file requests have been answered. */
  readonly onProgress: (bytesDone: number) => void;
}

/**
 * Sends labels in as few requests as the limits allow, several at once: their order does not matter. Whoever is interrupted sends
 * the file again: what was kept already counts once.
 *
 * @returns what became of all of them
 */
export async function sendLabels(
  service: string,
  labels: AsyncIterable<ReadLabel>,
  { client, onProgress }: SendLabelsOptions,
): Promise<LabelReport> {
  const batches = cut(labels);
  let total = emptyReport(service);
  let bytesDone = 0;
  const worker = async (): Promise<void> => {
    // A generator hands its values out one by one, whoever asks.
    for await (const { batch, bytes } of batches) {
      const report = await client.label(service, batch);
      // Read after the wait: meanwhile the other workers have added theirs.
      total = add(total, report);
      bytesDone = Math.max(bytesDone, bytes);
      onProgress(bytesDone);
    }
  };
  // The first worker that fails ends the generator, and with it the others.
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
  return total;
}

interface Batch {
  readonly batch: readonly LabelInput[];
  readonly bytes: number;
}

async function* cut(labels: AsyncIterable<ReadLabel>): AsyncGenerator<Batch> {
  let batch: LabelInput[] = [];
  let written = 2;
  let read = 0;
  for await (const { label, bytes } of labels) {
    const size = Buffer.byteLength(JSON.stringify(label)) + 1;
    if (batch.length === LABELS_LIMIT || written + size > CONTROL_BODY_LIMIT_BYTES) {
      yield { batch, bytes: read };
      batch = [];
      written = 2;
    }
    batch.push(label);
    written += size;
    read = bytes;
  }
  if (batch.length > 0) yield { batch, bytes: read };
}

const emptyReport = (service: string): LabelReport => ({
  service,
  received: 0,
  accepted: 0,
  corrected: 0,
  duplicate: 0,
  outdated: 0,
  unknown: 0,
  unknownIds: [],
});

const add = (total: LabelReport, report: LabelReport): LabelReport => ({
  service: total.service,
  received: total.received + report.received,
  accepted: total.accepted + report.accepted,
  corrected: total.corrected + report.corrected,
  duplicate: total.duplicate + report.duplicate,
  outdated: total.outdated + report.outdated,
  unknown: total.unknown + report.unknown,
  unknownIds: [...total.unknownIds, ...report.unknownIds].slice(0, NAMED_UNKNOWN),
});
