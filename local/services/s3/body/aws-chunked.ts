import { S3Error } from '../protocol/s3-error.ts';

const MAX_LINE_LENGTH = 4096;
const LINE_FEED = 10;

type Place = 'size' | 'data' | 'data-end' | 'trailers' | 'end';
interface State {
  readonly place: Place;
  /** Bytes of the chunk that are still to come. */
  readonly remaining: number;
}

/**
 * Takes the content out of `aws-chunked` framing, in which each chunk is `<size in hex>[;chunk-signature=…]⏎<bytes>⏎` and a chunk of size
 * 0 is followed by trailing headers. Signatures of chunks are not checked, for the reason that those of headers are not.
 *
 * @param trailers receives the trailing headers, by lower-case name, before the iteration ends
 * @throws `IncompleteBody`, `InvalidChunkSizeError` or `MalformedTrailerError` while iterating
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  let state: State = { place: 'size', remaining: 0 };
  let line = '';
  for await (const bytes of source) {
    let at = 0;
    while (at < bytes.length) {
      if (state.place === 'data') {
        const data = bytes.subarray(at, at + state.remaining);
        yield data;
        at += data.length;
        state = afterData(state, data.length);
        continue;
      }
      const lineEnd = bytes.indexOf(LINE_FEED, at);
      line += bytes.toString('latin1', at, lineEnd === -1 ? bytes.length : lineEnd);
      if (line.length > MAX_LINE_LENGTH) throw new S3Error('InvalidChunkSizeError');
      if (lineEnd === -1) break;
      at = lineEnd + 1;
      state = afterLine(state, line.replace(/\r$/, ''), trailers);
      line = '';
    }
  }
  // A last line without its end is how some clients close the trailers.
  if (state.place === 'trailers' && line !== '') state = afterLine(state, line, trailers);
  if (state.place !== 'trailers' && state.place !== 'end') throw new S3Error('IncompleteBody');
}

function afterData({ remaining }: State, taken: number): State {
  return remaining === taken ? { place: 'data-end', remaining: 0 } : { place: 'data', remaining: remaining - taken };
}

function afterLine({ place }: State, line: string, trailers: Map<string, string>): State {
  if (place === 'size') return afterSize(line);
  if (place === 'data-end') {
    if (line !== '') throw new S3Error('InvalidChunkSizeError');
    return { place: 'size', remaining: 0 };
  }
  if (place === 'end') throw new S3Error('MalformedTrailerError');
  if (line === '') return { place: 'end', remaining: 0 };
  const colon = line.indexOf(':');
  if (colon < 1) throw new S3Error('MalformedTrailerError');
  trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  return { place: 'trailers', remaining: 0 };
}

function afterSize(line: string): State {
  const size = /^([0-9a-f]{1,12})(;.*)?$/i.exec(line)?.[1];
  if (size === undefined) throw new S3Error('InvalidChunkSizeError');
  const remaining = Number.parseInt(size, 16);
  return remaining === 0 ? { place: 'trailers', remaining } : { place: 'data', remaining };
}
