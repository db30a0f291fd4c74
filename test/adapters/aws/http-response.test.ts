import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HttpResponse, httpResponseReader } from '../../../adapters/aws/http-response.ts';

/** Reads `text` cut at `cuts`, and closes the connection behind it where nothing has come out of it. */
function read(text: string | Buffer, cuts: readonly number[] = []): HttpResponse | undefined {
  const bytes = Buffer.from(text as string, 'latin1');
  const reader = httpResponseReader();
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    const response = reader.push(bytes.subarray(from, to));
    if (response) return response;
    from = to;
  }
  return reader.end();
}

const plain = (response: HttpResponse | undefined) =>
  response && { ...response, bytes: response.bytes.toString('latin1') };

const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-amzn-RequestId: 1\r\n\r\nhello';
const CHUNKED =
  'HTTP/1.1 503 Slow Down\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=1\r\n, world\r\n!\r\n0\r\nx-checksum: 1\r\n\r\n';

describe('httpResponseReader', () => {
  it.each([
    { what: 'a length', text: LENGTH, expected: { status: 200, bytes: 'hello', keepsOpen: true } },
    {
      what: 'chunks and a trailer',
      text: CHUNKED,
      expected: { status: 503, bytes: 'hello, world\r\n!', keepsOpen: true },
    },
    {
      what: 'no body',
      text: 'HTTP/1.1 204 No Content\r\n\r\n',
      expected: { status: 204, bytes: '', keepsOpen: true },
    },
    {
      what: 'an announcement before it',
      text: `HTTP/1.1 100 Continue\r\n\r\n${LENGTH}`,
      expected: { status: 200, bytes: 'hello', keepsOpen: true },
    },
    {
      what: 'a connection that is closed after it',
      text: 'HTTP/1.1 200 OK\r\nconnection: keep-alive, Close\r\ncontent-length: 0\r\n\r\n',
      expected: { status: 200, bytes: '', keepsOpen: false },
    },
    {
      what: 'the end of the connection as its end',
      text: 'HTTP/1.0 200 OK\r\n\r\nall of it',
      expected: { status: 200, bytes: 'all of it', keepsOpen: false },
    },
  ])('reads a response with $what, however it is cut', ({ text, expected }) => {
    expect(plain(read(text))).toEqual(expected);
    const every = Array.from({ length: text.length }, (_, at) => at);
    expect(plain(read(text, every))).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 6 }), (cuts) => {
        expect(plain(read(text, cuts))).toEqual(expected);
      }),
    );
  });

  it('reads whatever bytes a body is made of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 6 }), (body, cuts) => {
        const head = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`);
        const half = Math.floor(body.length / 2);
        const chunk = (bytes: Uint8Array) => [
          Buffer.from(`${bytes.length.toString(16)}\r\n`),
          bytes,
          Buffer.from('\r\n'),
        ];
        const chunked = [
          Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'),
          ...[body.subarray(0, half), body.subarray(half)].filter(({ length }) => length > 0).flatMap(chunk),
          Buffer.from('0\r\n\r\n'),
        ];
        for (const message of [Buffer.concat([head, body]), Buffer.concat(chunked)]) {
          expect(read(message.toString('latin1'), cuts)?.bytes).toEqual(Buffer.from(body));
        }
      }),
    );
  });

  it('keeps no connection on which more has come than was asked for', () => {
    expect(plain(read(`${LENGTH}HTTP/1.1 200 OK\r\n`))).toEqual({ status: 200, bytes: 'hello', keepsOpen: false });
  });

  it.each([LENGTH, CHUNKED])('has no response where the connection ends too early', (text) => {
    for (let length = 0; length < text.length; length += 1) expect(read(text.slice(0, length))).toBeUndefined();
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['a header with a space before its colon', 'HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\nhello'],
    ['a header that goes on in the next line', 'HTTP/1.1 200 OK\r\na: 1\r\n b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['another encoding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n'],
    ['a chunk of a negative size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nhello\r\n'],
    ['a chunk longer than it says', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`],
    ['a line without end', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1'.repeat(5_000)}`],
  ])('fails for %s', (_, text) => {
    expect(() => read(text)).toThrow('the response is not HTTP/1.1');
  });
});
