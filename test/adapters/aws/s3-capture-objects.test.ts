import { Readable } from 'node:stream';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3CaptureObjects } from '../../../adapters/aws/s3-capture-objects.ts';
import { type LocalS3, openLocalS3, temporaryFolder } from '../../local/services/s3/local-s3.ts';
import { caughtFrom } from '../../support/caught.ts';

const folder = temporaryFolder();
let s3: LocalS3;
beforeAll(async () => {
  s3 = await openLocalS3({ directory: folder.path });
  s3.service.createBucket('captures', {});
});
afterAll(async () => {
  await s3[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const linesOf = async (lines: AsyncIterable<string>): Promise<string[]> => {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
};
const read = (key: string, client: S3Client = s3.client) =>
  linesOf(s3CaptureObjects({ client, bucketName: 'captures' }).lines(key));
const put = (Key: string, Body: string) => s3.client.send(new PutObjectCommand({ Bucket: 'captures', Key, Body }));

describe('capture objects in S3', () => {
  it('are read line by line, as UTF-8, without empty lines', async () => {
    await put('some', '{"a":"é\u2028b"}\n\n{"b":2}\r\n{"c":3}');
    // JSON may hold a line separator as it is: it ends no line of a file.
    expect((await read('some')).map((line) => Object.keys(JSON.parse(line)))).toEqual([['a'], ['b'], ['c']]);
  });

  it('are read whole, however many lines they have', async () => {
    await put('many', Array.from({ length: 50_000 }, (_, i) => `line ${i}\n`).join(''));
    const lines = await read('many');
    expect([lines.length, lines.at(-1)]).toEqual([50_000, 'line 49999']);
  });

  it('are read as far as they are asked for', async () => {
    for await (const line of s3CaptureObjects({ client: s3.client, bucketName: 'captures' }).lines('many')) {
      expect(line).toBe('line 0');
      break;
    }
  });

  it('have no lines where they are gone', async () => {
    expect(await read('never')).toEqual([]);
  });

  it('fail where the store does, and not quietly where it breaks off', async () => {
    const none = s3CaptureObjects({ client: s3.client, bucketName: 'none' });
    expect(await caughtFrom(linesOf(none.lines('some')))).toMatchObject({
      code: 'captures.unavailable',
      details: { key: 'some' },
    });
    const broken = async function* () {
      yield Buffer.from('{"a":1}\n{"b"');
      throw new Error('reset');
    };
    const client = { send: async () => ({ Body: Readable.from(broken()) }) } as unknown as S3Client;
    expect(await caughtFrom(read('some', client))).toMatchObject({ code: 'captures.unavailable' });
  });
});
