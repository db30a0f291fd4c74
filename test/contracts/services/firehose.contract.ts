import { randomUUID } from 'node:crypto';
import {
  DescribeDeliveryStreamCommand,
  type FirehoseClient,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A Firehose with a stream that writes below `captures/` of an empty bucket. */
export interface OpenedFirehose {
  readonly client: FirehoseClient;
  readonly stream: string;
  /** Waits for what was put to be delivered. @returns all objects by key */
  delivered(): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

const KIB = 1024;

/** What every Firehose must do that captures go to, asked with the real SDK client. @param moto whose known differences from AWS are skipped by name */
export function describeFirehose(
  name: string,
  open: () => Promise<OpenedFirehose>,
  { moto = false }: { moto?: boolean } = {},
): void {
  describe(`Firehose: ${name}`, () => {
    let firehose: OpenedFirehose;
    beforeAll(async () => {
      firehose = await open();
    }, 60_000);
    afterAll(() => firehose?.close());

    const put = (records: readonly (string | Uint8Array)[]) =>
      firehose.client.send(
        new PutRecordBatchCommand({
          DeliveryStreamName: firehose.stream,
          Records: records.map((Data) => ({ Data: Buffer.from(Data as Uint8Array) })),
        }),
      );
    const mark = () => `${randomUUID()}\n`;
    const contents = async () => [...(await firehose.delivered()).values()].join('');

    it('describes its stream', async () => {
      const { DeliveryStreamDescription: found } = await firehose.client.send(
        new DescribeDeliveryStreamCommand({ DeliveryStreamName: firehose.stream }),
      );
      expect(found).toMatchObject({
        DeliveryStreamName: firehose.stream,
        DeliveryStreamStatus: 'ACTIVE',
        DeliveryStreamType: 'DirectPut',
      });
    });

    it('answers a batch with one id for each record', async () => {
      const { FailedPutCount, RequestResponses } = await put([mark(), mark(), mark()]);
      expect(FailedPutCount).toBe(0);
      expect(new Set(RequestResponses?.map(({ RecordId }) => RecordId)).size).toBe(3);
    });

    it('takes a single record', async () => {
      const line = mark();
      const Record = { Data: Buffer.from(line) };
      const { RecordId } = await firehose.client.send(
        new PutRecordCommand({ DeliveryStreamName: firehose.stream, Record }),
      );
      expect(RecordId).toBeTruthy();
      expect(await contents()).toContain(line);
    });

    it('delivers the records of a batch one after the other, byte for byte and without anything between', async () => {
      const records = [mark(), `€ "NaN" \0 ${mark()}`, mark()];
      await put(records);
      expect(await contents()).toContain(records.join(''));
    });

    it('names objects by prefix, hour, stream and time', async () => {
      await put([mark()]);
      const keys = [...(await firehose.delivered()).keys()];
      const pattern = new RegExp(
        `^captures/\\d{4}/\\d\\d/\\d\\d/\\d\\d/${firehose.stream}-1-\\d{4}(-\\d\\d){5}-[0-9a-f-]{36}`,
      );
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) expect(key).toMatch(pattern);
    });

    it('takes 500 records, and one of 1,000 KiB', async () => {
      expect((await put(Array.from({ length: 500 }, mark))).FailedPutCount).toBe(0);
      expect((await put([Buffer.alloc(1_000 * KIB, 'x')])).FailedPutCount).toBe(0);
    });

    it('fails for a stream that does not exist', async () => {
      const unknown = new PutRecordBatchCommand({ DeliveryStreamName: 'none', Records: [{ Data: Buffer.from('x') }] });
      await expect(firehose.client.send(unknown)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        $metadata: { httpStatusCode: 400 },
      });
      const describeUnknown = new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'none' });
      await expect(firehose.client.send(describeUnknown)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });

    describe.skipIf(moto)(moto ? 'limits (skipped: moto checks none of them)' : 'limits', () => {
      it.each([
        ['no record', () => [], 'ValidationException', /greater than or equal to 1/],
        ['501 records', () => Array.from({ length: 501 }, mark), 'ValidationException', /less than or equal to 500/],
        [
          'a record of more than 1,000 KiB',
          () => [mark(), Buffer.alloc(1_000 * KIB + 1)],
          'ValidationException',
          /'records\.2\.member\.data' .* less than or equal to 1024000/,
        ],
        [
          'more than 4 MiB together',
          () => Array.from({ length: 5 }, () => Buffer.alloc(900 * KIB)),
          'InvalidArgumentException',
          /4 MB limit/,
        ],
      ])('fails for %s, and takes nothing of it', async (_, records, errorName, message) => {
        const before = (await contents()).length;
        await expect(put(records())).rejects.toMatchObject({
          name: errorName,
          message: expect.stringMatching(message),
        });
        expect((await contents()).length).toBe(before);
      });
    });
  });
}
