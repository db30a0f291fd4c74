import { type ModelSource, type OnProgress, readPieces, sizeOf } from './model-source.ts';
import { exchange } from './send.ts';

/**
 * Puts a model to a pre-signed URL, streamed. The URL is authorization enough: nothing is signed or added to it.
 *
 * @throws ApiFailure with S3's code; ConnectionFailure
 */
export async function uploadModel(
  url: string,
  source: ModelSource,
  { fetch: send, onProgress = () => {} }: { fetch: typeof fetch; onProgress?: OnProgress | undefined },
): Promise<void> {
  const total = await sizeOf(source);
  await exchange(send, url, {
    method: 'PUT',
    // S3 takes no upload of unknown length, and a stream has none by itself.
    headers: { 'content-length': String(total) },
    body: ReadableStream.from(counted(source, (done) => onProgress(done, total))),
    duplex: 'half',
    // A stream cannot be sent twice. With these two said, `fetch` keeps no second one for a redirect, which nobody
    // would read and which would hold all of the model (800 MB of memory for a file of 800 MB).
    redirect: 'error',
    window: null,
  });
}

/** Counts a piece when the connection asks for the next one: by then it has been taken. */
async function* counted(source: ModelSource, onBytes: (done: number) => void): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const piece of readPieces(source)) {
    yield piece;
    done += piece.length;
    onBytes(done);
  }
}
