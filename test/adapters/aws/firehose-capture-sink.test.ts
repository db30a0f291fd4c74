import type { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firehoseCaptureSink, packLines, putRequest, toRequests } from '../../../adapters/aws/firehose-capture-sink.ts';

const MIB = 1024 * 1024;

/** A Firehose whose answers a test gives, one a call; `true` stands for a record that is refused. */
function aFirehose(answers: (boolean[] | Error)[]) {
  const asked: string[][] = [];
  const pauses: number[] = [];
  const client = {
    async send({ input }: PutRecordBatchCommand) {
      asked.push((input.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()));
      const answer = answers[asked.length - 1] ?? [];
      if (answer instanceof Error) throw answer;
      const RequestResponses = (input.Records ?? []).map((_, index) =>
        answer[index] ? { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' } : { RecordId: 'id' },
      );
      return { FailedPutCount: answer.filter(Boolean).length, RequestResponses };
    },
  } as unknown as Pick<FirehoseClient, 'send'>;
  const sleep = async (ms: number) => void pauses.push(ms);
  return { asked, pauses, sink: firehoseCaptureSink({ client, streamName: 'captures', sleep }) };
}

/** Lines that each fill a record. */
const large = (...names: string[]) => names.map((name) => name.repeat(70_000));

describe('requests to Firehose', () => {
  it('names the stream and holds each parcel as bytes', () => {
    expect(putRequest('captures', packLines(['{"a":1}', '{"b":2}']))).toEqual({
      DeliveryStreamName: 'captures',
      Records: [{ Data: Buffer.from('{"a":1}\n{"b":2}\n') }],
    });
  });

  it('keep every line whole and in order, within 500 records and 4 MiB', () => {
    const line = fc.integer({ min: 1, max: 900_000 }).map((length) => 'x'.repeat(length));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const requests = toRequests(packLines(lines));
        expect(requests.flat().flatMap((parcel) => parcel.lines)).toEqual(lines);
        for (const parcels of requests) {
          expect(parcels.length).toBeLessThanOrEqual(500);
          expect(parcels.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThanOrEqual(4 * MIB);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('share records among small lines: Firehose bills each as 5 KB at least', () => {
    expect(packLines(Array.from({ length: 1_000 }, () => 'x'.repeat(999)))).toHaveLength(16);
  });
});

describe('the Firehose sink', () => {
  it('asks again for what was refused of a request, and for that alone', async () => {
    const { sink, asked, pauses } = aFirehose([[false, true, false], [false]]);
    expect(await sink.put(large('a', 'b', 'c'))).toEqual({ refused: [] });
    expect(asked.map((records) => records.map((record) => record[0]))).toEqual([['a', 'b', 'c'], ['b']]);
    expect(pauses).toEqual([50]);
  });

  it('gives back what is refused three times, with the reason', async () => {
    const { sink, asked } = aFirehose([[true, false], [true], [true]]);
    const { refused, error } = await sink.put(large('a', 'b'));
    expect(refused).toEqual(large('a'));
    expect(error).toMatchObject({ message: 'ServiceUnavailableException: Slow down.' });
    expect(asked).toHaveLength(3);
  });

  it('gives everything back when Firehose cannot be reached, without asking once for each request', async () => {
    const { sink, asked } = aFirehose([new Error('ECONNREFUSED')]);
    const lines = Array.from({ length: 8 }, (_, at) => String(at).repeat(900_000));
    const { refused, error } = await sink.put(lines);
    expect(refused).toEqual(lines);
    expect(error).toMatchObject({ message: 'ECONNREFUSED' });
    expect(asked).toHaveLength(1);
  });

  it('keeps what was taken before Firehose went away', async () => {
    const { sink } = aFirehose([[], new Error('ECONNRESET')]);
    const lines = Array.from({ length: 8 }, (_, at) => String(at).repeat(900_000));
    expect((await sink.put(lines)).refused).toEqual(lines.slice(4));
  });

  it('sends no line that is larger than a record: it would have its whole request refused', async () => {
    const { sink, asked } = aFirehose([[]]);
    const tooLarge = 'x'.repeat(1_024_000);
    expect((await sink.put([tooLarge, 'fits'])).refused).toContain(tooLarge);
    expect(asked.flat().join('')).not.toContain('x');
  });
});
