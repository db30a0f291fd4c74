// Run by start-putter.ts: puts records into a Firehose on the folder of its argument until it is killed, several at a time. Prints each
// record that was answered. Nothing is delivered here: whatever S3 has taken must not be needed.
import { randomUUID } from 'node:crypto';
import { PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { openLocalFirehose } from './local-firehose.ts';

const PUTTERS = 4;

const { client } = await openLocalFirehose({ directory: process.argv[2] ?? '' });

async function putForever(): Promise<never> {
  for (;;) {
    const lines = Array.from({ length: 5 }, () => randomUUID());
    const Records = lines.map((line) => ({ Data: Buffer.from(`${line}\n`) }));
    await client.send(new PutRecordBatchCommand({ DeliveryStreamName: 'captures', Records }));
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

await Promise.all(Array.from({ length: PUTTERS }, putForever));
