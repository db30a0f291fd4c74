import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAwsChunked } from '../../../../../local/services/s3/body/aws-chunked.ts';

/** The framing that the decoder has to undo. */
function frame(chunks: readonly Uint8Array[], { signature = '', trailer = '' } = {}): Buffer {
  const framed = [...chunks.filter(({ length }) => length > 0), new Uint8Array()].map((chunk) =>
    Buffer.concat([
      Buffer.from(`${chunk.length.toString(16)}${signature}\r\n`),
      chunk,
      Buffer.from(chunk.length === 0 ? '' : '\r\n'),
    ]),
  );
  return Buffer.concat([...framed, Buffer.from(trailer), Buffer.from('\r\n')]);
}

/** `bytes` as they may come from the network, in pieces of `size`. */
async function* network(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(bytes: Buffer, size = bytes.length): Promise<{ content: Buffer; trailers: Map<string, string> }> {
  const trailers = new Map<string, string>();
  const pieces: Buffer[] = [];
  for await (const piece of decodeAwsChunked(network(bytes, size), trailers)) pieces.push(piece);
  return { content: Buffer.concat(pieces), trailers };
}

describe('aws-chunked', () => {
  it('gives back what was framed, wherever the network cuts it', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 50 }), async (content, size) => {
        const framed = frame(content, { trailer: 'x-amz-checksum-crc32:AAAAAA==\r\n' });
        const decoded = await decode(framed, size);
        expect(decoded.content).toEqual(Buffer.concat(content));
        expect([...decoded.trailers]).toEqual([['x-amz-checksum-crc32', 'AAAAAA==']]);
      }),
    );
  });

  it('leaves the signatures of chunks out', async () => {
    const framed = frame([Buffer.from('first'), Buffer.from('second')], {
      signature: `;chunk-signature=${'a'.repeat(64)}`,
    });
    expect((await decode(framed)).content.toString()).toBe('firstsecond');
  });

  it('takes a body that ends right after its last chunk or trailer', async () => {
    expect((await decode(Buffer.from('3\r\nabc\r\n0\r\n'))).content.toString()).toBe('abc');
    expect((await decode(Buffer.from('0\r\nName: value'))).trailers.get('name')).toBe('value');
  });

  it.each([
    ['nothing', ''],
    ['half a chunk', '5\r\nab'],
    ['no last chunk', '2\r\nab\r\n'],
  ])('fails with IncompleteBody on %s', async (_what, text) => {
    await expect(decode(Buffer.from(text))).rejects.toMatchObject({ code: 'IncompleteBody' });
  });

  it.each([
    ['a size that is none', 'xyz\r\nabc\r\n0\r\n\r\n'],
    ['a chunk longer than its size', '2\r\nabc\r\n0\r\n\r\n'],
    ['a line without end', '1'.repeat(5000)],
  ])('fails with InvalidChunkSizeError on %s', async (_what, text) => {
    await expect(decode(Buffer.from(text))).rejects.toMatchObject({ code: 'InvalidChunkSizeError' });
  });

  it.each([
    ['a trailer without a name', '0\r\nno colon\r\n\r\n'],
    ['something behind the end', '0\r\n\r\nmore\r\n'],
  ])('fails with MalformedTrailerError on %s', async (_what, text) => {
    await expect(decode(Buffer.from(text))).rejects.toMatchObject({ code: 'MalformedTrailerError' });
  });
});
