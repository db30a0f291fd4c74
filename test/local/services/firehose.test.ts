import { PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeFirehose } from '../../contracts/services/firehose.contract.ts';
import { aStream, type LocalFirehose, openLocalFirehose, temporaryFolder } from './firehose/local-firehose.ts';
import { startPutter } from './firehose/start-putter.ts';

describeFirehose('local', async () => {
  const folder = temporaryFolder();
  const firehose = await openLocalFirehose({ directory: folder.path });
  return {
    client: firehose.client,
    stream: 'captures',
    async delivered() {
      await firehose.service.flush();
      return new Map([...firehose.objects].map(([key, text]) => [key.replace('bucket/', ''), text]));
    },
    async close() {
      await firehose[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
});

afterEach(() => vi.restoreAllMocks());

const put = ({ client }: LocalFirehose, ...records: string[]) =>
  client.send(
    new PutRecordBatchCommand({
      DeliveryStreamName: 'captures',
      Records: records.map((text) => ({ Data: Buffer.from(text) })),
    }),
  );

describe('the local Firehose', () => {
  it('delivers when the oldest record is as old as the buffering hint says, by the clock of the platform', async () => {
    using folder = temporaryFolder();
    await using firehose = await openLocalFirehose({ directory: folder.path });
    await put(firehose, 'first\n');
    firehose.clock.advance(59_000);
    await put(firehose, 'second\n');
    expect(firehose.objects.size).toBe(0);
    firehose.clock.advance(1_000);
    await expect.poll(() => [...firehose.objects.values()]).toEqual(['first\nsecond\n']);
    expect([...firehose.objects.keys()][0]).toMatch(
      /^bucket\/captures\/2026\/06\/01\/12\/captures-1-2026-06-01-12-00-00-[0-9a-f-]{36}\.jsonl$/,
    );
  });

  it('delivers what is large enough at once', async () => {
    using folder = temporaryFolder();
    await using firehose = await openLocalFirehose({ directory: folder.path });
    await put(firehose, 'x'.repeat(600_000), 'y'.repeat(600_000));
    // Together they are larger than 1 MiB: the first goes, the second waits for more.
    await expect.poll(() => [...firehose.objects.values()]).toEqual(['x'.repeat(600_000)]);
    await put(firehose, 'z'.repeat(600_000));
    await expect.poll(() => firehose.objects.size).toBe(2);
  });

  it('never puts records into one object that came further apart than the hint, though the clock jumped between', async () => {
    using folder = temporaryFolder();
    await using firehose = await openLocalFirehose({ directory: folder.path });
    await put(firehose, 'at noon\n');
    firehose.clock.advance(3 * 3_600_000);
    await put(firehose, 'at three\n');
    await firehose.service.flush();
    const hours = [...firehose.objects].map(([key, text]) => [/2026\/06\/01\/(\d\d)/.exec(key)?.[1], text]);
    expect(hours.sort()).toEqual([
      ['12', 'at noon\n'],
      ['15', 'at three\n'],
    ]);
  });

  it('keeps what cannot be delivered and delivers it when it can', async () => {
    using folder = temporaryFolder();
    await using firehose = await openLocalFirehose({ directory: folder.path });
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    firehose.break(true);
    await put(firehose, 'patient\n');
    await firehose.service.flush();
    expect(told).toHaveBeenCalled();
    firehose.break(false);
    await expect.poll(() => [...firehose.objects.values()]).toEqual(['patient\n']);
  });

  it('delivers after a restart what was answered before', async () => {
    using folder = temporaryFolder();
    {
      await using firehose = await openLocalFirehose({ directory: folder.path });
      await put(firehose, 'before\n');
    }
    await using firehose = await openLocalFirehose({ directory: folder.path });
    await firehose.service.flush();
    expect([...firehose.objects.values()]).toEqual(['before\n']);
  });

  it('writes the same object again, not another one, when it was killed between writing and forgetting', async () => {
    using folder = temporaryFolder();
    let first: string[] = [];
    {
      await using firehose = await openLocalFirehose({ directory: folder.path });
      vi.spyOn(console, 'error').mockImplementation(() => undefined);
      // Stored, and then the answer lost: what a kill at that moment leaves.
      const set = firehose.objects.set.bind(firehose.objects);
      vi.spyOn(firehose.objects, 'set').mockImplementation((key, value) => {
        set(key, value);
        throw new Error('killed');
      });
      await put(firehose, 'once\n');
      await firehose.service.flush();
      first = [...firehose.objects.keys()];
    }
    await using firehose = await openLocalFirehose({ directory: folder.path });
    await firehose.service.flush();
    expect(first).toHaveLength(1);
    expect([...firehose.objects.keys()]).toEqual(first);
  });

  it('loses nothing that was answered when its process is killed', async () => {
    using folder = temporaryFolder();
    const answered: string[] = [];
    for (let kill = 0; kill < 3; kill += 1) {
      const putter = await startPutter(folder.path);
      await expect.poll(() => putter.answered().length, { timeout: 10_000 }).toBeGreaterThan(20);
      await putter.kill();
      answered.push(...putter.answered());
    }
    await using firehose = await openLocalFirehose({ directory: folder.path });
    await firehose.service.flush();
    const delivered = [...firehose.objects.values()].join('').split('\n');
    expect(delivered).toEqual(expect.arrayContaining(answered));
    expect(new Set(delivered).size).toBe(delivered.length);
  }, 30_000);

  it('fails for an operation that it does not have, by name', async () => {
    using folder = temporaryFolder();
    await using firehose = await openLocalFirehose({ directory: folder.path });
    const { ListDeliveryStreamsCommand } = await import('@aws-sdk/client-firehose');
    await expect(firehose.client.send(new ListDeliveryStreamsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining("'ListDeliveryStreams'"),
    });
  });

  it.each([
    ['prefix', 'captures/!{partitionKeyFromQuery:service}/', '!{partitionKeyFromQuery:service}'],
    ['prefix', 'captures/!{timestamp:EEE}/', 'EEE'],
    ['errorOutputPrefix', 'errors/!{firehose:unknown}/', '!{firehose:unknown}'],
  ])('fails to make a stream whose %s is %s', async (property, prefix, named) => {
    using folder = temporaryFolder();
    const opened = openLocalFirehose({ directory: folder.path, stream: aStream({ [property]: prefix }) });
    await expect(opened).rejects.toThrow(named);
  });
});
