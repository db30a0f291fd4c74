import { randomUUID } from 'node:crypto';
import type { AgendaSource } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import type { DeliveryStream } from './firehose/delivery-stream.ts';
import { FirehoseError } from './firehose/errors.ts';
import { checkPrefix, evaluatePrefix, formatTimestamp } from './firehose/evaluate-prefix.ts';
import { readRequest, sendAnswer, sendError } from './firehose/exchange.ts';
import { type OperationContext, runOperation } from './firehose/operations.ts';
import { openRecordBuffer } from './firehose/record-buffer.ts';
import type { LocalService } from './service.ts';

export interface FirehoseService extends LocalService {
  /** Makes a stream, or gives the one of this name these settings. @throws Error that names what cannot be had locally */
  createDeliveryStream(stream: DeliveryStream): void;
  /** Writes all that waits, whatever the buffering hints say. */
  flush(): Promise<void>;
  /** Objects by the age of their oldest record. */
  readonly source: AgendaSource;
}

/** How often the clock is asked whether an object is due: it may be moved at any time. */
const LOOK_EVERY_MS = 250;

/**
 * Firehose on one machine: streams of `PutRecord` and `PutRecordBatch` that become objects in a bucket by size or age. What was
 * answered is on disk, and is delivered once however often the process is killed.
 *
 * @param putObject writes an object, whole or not at all
 */
export function createFirehoseService({
  directory,
  clock,
  account,
  putObject,
}: {
  directory: string;
  clock: Clock;
  account: string;
  putObject: (object: { bucket: string; key: string; body: Uint8Array }) => Promise<void>;
}): FirehoseService {
  const buffer = openRecordBuffer(directory);
  const streams = new Map<string, DeliveryStream>();
  let delivering: Promise<void> | undefined;

  const nameObject = (stream: DeliveryStream): void => {
    const { name, bufferIntervalMs: intervalMs, bufferBytes: limitBytes } = stream;
    buffer.name(name, { intervalMs, limitBytes }, (oldestMs) => objectKey(stream, new Date(oldestMs)));
  };

  const nameDue = (stream: DeliveryStream): void => {
    for (let waiting = buffer.waiting(stream.name); waiting; waiting = buffer.waiting(stream.name)) {
      const isOld = waiting.oldestMs + stream.bufferIntervalMs <= clock.now();
      if (!isOld && waiting.bytes < stream.bufferBytes) return;
      nameObject(stream);
    }
  };

  const writeNamed = async (): Promise<void> => {
    for (const { stream: name, key, body } of buffer.named()) {
      const stream = streams.get(name);
      // Of a stream that the app no longer has: kept, should it come back.
      if (stream === undefined) continue;
      await putObject({ bucket: stream.bucket, key, body });
      buffer.remove(key);
    }
  };

  /** One at a time, so that no object is written twice. */
  const deliver = (): Promise<void> => {
    delivering ??= writeNamed()
      .catch((error: unknown) => console.error('the local Firehose could not deliver and tries again', error))
      .finally(() => {
        delivering = undefined;
      });
    return delivering;
  };

  const look = (): void => {
    for (const stream of streams.values()) nameDue(stream);
    void deliver();
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();

  const context: OperationContext = {
    account,
    buffer,
    now: () => clock.now(),
    stream: (name) => streams.get(name),
    arrived: nameDue,
  };

  const dueAt = (stream: DeliveryStream): number => {
    const waiting = buffer.waiting(stream.name);
    return waiting === undefined ? Number.POSITIVE_INFINITY : waiting.oldestMs + stream.bufferIntervalMs;
  };

  return {
    source: {
      next(untilMs) {
        const first = Math.min(...[...streams.values()].map(dueAt));
        return first <= untilMs ? first : undefined;
      },
      async run() {
        for (const stream of streams.values()) nameDue(stream);
        await deliver();
      },
    },
    endpointId: 'FIREHOSE',
    async handle(request, response) {
      try {
        sendAnswer(response, runOperation(await readRequest(request), context));
      } catch (error) {
        // A client that went away in mid-request gets no answer and is no bug.
        if (request.destroyed && !request.complete) return;
        if (!(error instanceof FirehoseError)) throw error;
        sendError(response, error);
      }
    },
    createDeliveryStream(stream) {
      checkPrefix(stream.prefix);
      checkPrefix(stream.errorOutputPrefix, ['error-output-type']);
      streams.set(stream.name, stream);
    },
    async flush() {
      await delivering;
      for (const stream of streams.values()) while (buffer.waiting(stream.name)) nameObject(stream);
      await deliver();
    },
    close() {
      clearInterval(timer);
      buffer.close();
    },
  };
}

/** As Firehose names an object: prefix, stream, its version, the time in UTC, a UUID, the extension. */
const objectKey = ({ name, prefix, fileExtension }: DeliveryStream, oldest: Date): string =>
  `${evaluatePrefix(prefix, oldest, randomString)}${name}-1-${formatTimestamp('yyyy-MM-dd-HH-mm-ss', oldest)}-${randomUUID()}${fileExtension}`;

const randomString = (): string => randomUUID().replaceAll('-', '').slice(0, 11);
