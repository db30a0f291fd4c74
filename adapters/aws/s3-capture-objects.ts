import type { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
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
        throw new PlatformError('captures.unavailable', {
          message: `the captures ${key} cannot be read at the moment; try again`,
          details: { key },
          cause,
        });
      }
    },
  };
}

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
