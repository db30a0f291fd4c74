import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** A model: the path of its file, or its bytes. */
export type ModelSource = string | Uint8Array;

/** Called with the bytes done so far, and all there are. */
export type OnProgress = (bytesDone: number, bytesTotal: number) => void;

export async function sizeOf(source: ModelSource): Promise<number> {
  return typeof source === 'string' ? (await stat(source)).size : source.length;
}

/** The bytes in pieces; a file is read as it is asked for, so that 200 MB of model take no memory. */
export async function* readPieces(source: ModelSource): AsyncGenerator<Uint8Array> {
  if (typeof source === 'string') yield* createReadStream(source, { highWaterMark: PIECE_BYTES });
  else for (let at = 0; at < source.length; at += PIECE_BYTES) yield source.subarray(at, at + PIECE_BYTES);
}

const PIECE_BYTES = 256 * 1024;

/** Lower-case hexadecimal. */
export async function sha256Of(source: ModelSource, onProgress: OnProgress = () => {}): Promise<string> {
  const total = await sizeOf(source);
  const hash = createHash('sha256');
  let done = 0;
  for await (const piece of readPieces(source)) {
    hash.update(piece);
    done += piece.length;
    onProgress(done, total);
  }
  return hash.digest('hex');
}
