import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { capturesOf } from '../../core/contracts/object-keys.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { CaptureObjects } from '../../core/ports/capture-objects.ts';

const LINE_FEED = 0x0a;

/** Capture objects in their bucket. */
export function s3CaptureObjects({ client, bucketName }: { client: S3Client; bucketName: string }): CaptureObjects {
  return {
    async *lines(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucketName, Key: key }));
        for await (const line of linesOf(Body as Readable)) if (line !== '') yield line;
      } catch (cause) {
        if (cause instanceof NoSuchKey) return;
        throw unavailable(key, cause);
      }
    },

    async keys(service, { fromMs, toMs }) {
      const from = hourFolder(service, fromMs);
      // A folder's keys sort after the folder itself, and before whatever sorts after all of them.
      const to = `${hourFolder(service, toMs)}\uffff`;
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const request = new ListObjectsV2Command({
          Bucket: bucketName,
          Prefix: capturesOf(service),
          ...(token === undefined ? { StartAfter: from } : { ContinuationToken: token }),
        });
        const page = await client.send(request).catch((cause: unknown) => {
          throw unavailable(capturesOf(service), cause);
        });
        const found = (page.Contents ?? []).map(({ Key = '' }) => Key);
        keys.push(...found.filter((key) => key < to));
        token = found.some((key) => key >= to) ? undefined : page.NextContinuationToken;
      } while (token !== undefined);
      return keys;
    },
  };
}

/** Where Firehose delivers in an hour. */
const hourFolder = (service: string, ms: number): string =>
  `${capturesOf(service)}${new Date(ms).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/')}/`;

const unavailable = (key: string, cause: unknown) =>
  new PlatformError('captures.unavailable', {
    message: `the captures ${key} cannot be read at the moment; try again`,
    details: { key },
    cause,
  });

/** Not `readline`: it also ends a line at U+2028, which JSON may hold, and ends quietly where its input fails. */
async function* linesOf(body: AsyncIterable<Buffer>): AsyncIterable<string> {
  let open: Buffer[] = [];
  for await (const piece of body) {
    let from = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, from)) {
      yield Buffer.concat([...open, piece.subarray(from, end)]).toString();
      open = [];
      from = end + 1;
    }
    open.push(piece.subarray(from));
  }
  yield Buffer.concat(open).toString();
}
