import { type FirehoseClient, PutRecordBatchCommand, type PutRecordBatchCommandInput } from '@aws-sdk/client-firehose';
import { CAPTURE_RECORD_LIMIT_BYTES } from '../../core/contracts/limits.ts';
import type { CaptureSink } from '../../core/ports/capture-sink.ts';

const REQUEST_RECORDS = 500;
const REQUEST_BYTES = 4 * 1024 * 1024;
/** Firehose bills a record as a multiple of 5 KB: lines of a few hundred bytes share one up to this size. */
const SHARED_RECORD_BYTES = 64 * 1024;
/** Records that Firehose refused within a request that it took are asked for again, after a pause that doubles. */
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 50;

/** Lines that travel as one record. */
interface Parcel {
  readonly lines: readonly string[];
  readonly bytes: Buffer;
}

/** Small lines together, a large one by itself. */
export function packLines(lines: readonly string[]): Parcel[] {
  const parcels: Parcel[] = [];
  let open: string[] = [];
  let openBytes = 0;
  const close = () => {
    if (open.length > 0) parcels.push({ lines: open, bytes: Buffer.from(`${open.join('\n')}\n`) });
    open = [];
    openBytes = 0;
  };
  for (const line of lines) {
    const bytes = Buffer.byteLength(line) + 1;
    if (openBytes + bytes > SHARED_RECORD_BYTES) close();
    open.push(line);
    openBytes += bytes;
  }
  close();
  return parcels;
}

/** Cuts parcels into requests that Firehose takes. */
export function toRequests(parcels: readonly Parcel[]): Parcel[][] {
  const requests: Parcel[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const parcel of parcels) {
    const last = requests.at(-1);
    if (last === undefined || last.length >= REQUEST_RECORDS || bytes + parcel.bytes.length > REQUEST_BYTES) {
      requests.push([parcel]);
      bytes = parcel.bytes.length;
    } else {
      last.push(parcel);
      bytes += parcel.bytes.length;
    }
  }
  return requests;
}

export const putRequest = (streamName: string, parcels: readonly Parcel[]): PutRecordBatchCommandInput => ({
  DeliveryStreamName: streamName,
  Records: parcels.map(({ bytes }) => ({ Data: bytes })),
});

/** Capture records in a Firehose stream. */
export function firehoseCaptureSink({
  client,
  streamName,
  sleep,
}: {
  client: Pick<FirehoseClient, 'send'>;
  streamName: string;
  sleep: (ms: number) => Promise<void>;
}): CaptureSink {
  /** @returns the parcels that were refused, and with which code */
  const send = async (parcels: readonly Parcel[]): Promise<{ refused: Parcel[]; error?: unknown }> => {
    const { FailedPutCount, RequestResponses } = await client.send(
      new PutRecordBatchCommand(putRequest(streamName, parcels)),
    );
    if (FailedPutCount === 0) return { refused: [] };
    const refused = parcels.filter((_, index) => RequestResponses?.[index]?.ErrorCode !== undefined);
    const first = RequestResponses?.find(({ ErrorCode }) => ErrorCode !== undefined);
    return { refused, error: new Error(`${first?.ErrorCode}: ${first?.ErrorMessage}`) };
  };

  const sendStubbornly = async (parcels: Parcel[]): Promise<{ refused: Parcel[]; error?: unknown }> => {
    let left: { refused: Parcel[]; error?: unknown } = { refused: parcels };
    for (let attempt = 1; attempt <= ATTEMPTS && left.refused.length > 0; attempt += 1) {
      if (attempt > 1) await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 2));
      try {
        left = await send(left.refused);
      } catch (error) {
        // The client has tried again by itself where that could help.
        return { refused: left.refused, error };
      }
    }
    return left;
  };

  return {
    async put(lines) {
      // A line above the limit would have its whole request refused, for ever.
      const fitting = lines.filter((line) => Buffer.byteLength(line) < CAPTURE_RECORD_LIMIT_BYTES);
      const refused = lines.filter((line) => !fitting.includes(line));
      let failure: unknown = refused.length > 0 ? new RangeError('a line is larger than a Firehose record') : undefined;
      for (const parcels of toRequests(packLines(fitting))) {
        // After a request that could not be made the others would wait for the same failure.
        const outcome = failure === undefined ? await sendStubbornly(parcels) : { refused: parcels, error: failure };
        if (outcome.refused.length > 0) failure = outcome.error;
        refused.push(...outcome.refused.flatMap((parcel) => parcel.lines));
      }
      return { refused, ...(failure !== undefined && { error: failure }) };
    },
  };
}
