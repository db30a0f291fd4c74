import { createHash } from 'node:crypto';
import { headerNotImplemented, S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import { type Checksum, createDigest } from './checksums.ts';
import { checkChecksumForm, type DeclaredDigests, declaredDigests } from './declared-digests.ts';

const MAX_BODY_BYTES = 5 * 1024 ** 3;

/** A body that was read whole and is what it was declared to be. */
export interface ConsumedBody {
  readonly size: number;
  readonly md5: Buffer;
  /** The one that was declared; none for none. */
  readonly checksum: Checksum | undefined;
}

/**
 * Reads the content of a request piece by piece into `sink` and checks it against all that was declared about it.
 *
 * @throws the error that S3 gives for a missing length, a body cut short, or content other than declared
 */
export async function consumeBody(
  request: S3Request,
  sink: (bytes: Buffer) => void | Promise<void>,
): Promise<ConsumedBody> {
  const declared = declaredDigests(request);
  const expectedSize = declaredSize(request);
  const trailers = new Map<string, string>();
  const md5 = createHash('md5');
  const sha256 = declared.sha256Hex === undefined ? undefined : createHash('sha256');
  const checksum = declared.checksum === undefined ? undefined : createDigest(declared.checksum.algorithm);
  let size = 0;
  for await (const bytes of contentOf(request, trailers)) {
    size += bytes.length;
    for (const digest of [md5, sha256, checksum]) digest?.update(bytes);
    await sink(bytes);
  }
  if (size !== expectedSize) throw new S3Error('IncompleteBody');
  const computed = {
    md5: md5.digest(),
    sha256Hex: sha256?.digest('hex'),
    checksum: checksum?.digest().toString('base64'),
  };
  return { size, md5: computed.md5, checksum: checkDigests(declared, { computed, trailers }) };
}

/** Whether the content is framed. SDKs say so in either header, some in one only. */
export const isAwsChunked = (request: S3Request) =>
  (request.header('x-amz-content-sha256') ?? '').startsWith('STREAMING-') ||
  /(^|,)\s*aws-chunked\s*(,|$)/i.test(request.header('content-encoding') ?? '');

function contentOf(request: S3Request, trailers: Map<string, string>): AsyncIterable<Buffer> {
  // Left undestroyed when reading stops early: on the same connection the error has to be answered.
  const body: AsyncIterable<Buffer> = request.incoming.iterator({ destroyOnReturn: false });
  return isAwsChunked(request) ? decodeAwsChunked(body, trailers) : body;
}

function declaredSize(request: S3Request): number {
  const chunked = isAwsChunked(request);
  // Over HTTP's own chunking the length is unknown in advance, which S3 does not take.
  if (!chunked && request.header('transfer-encoding') !== undefined) throw headerNotImplemented('Transfer-Encoding');
  const length = request.header(chunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (length === undefined || !/^\d{1,15}$/.test(length)) throw new S3Error('MissingContentLength');
  const size = Number(length);
  if (size > MAX_BODY_BYTES) {
    throw new S3Error('EntityTooLarge', {
      message: 'Your proposed upload exceeds the maximum allowed size',
      fields: { ProposedSize: length, MaxSizeAllowed: String(MAX_BODY_BYTES) },
    });
  }
  return size;
}

interface Computed {
  readonly md5: Buffer;
  readonly sha256Hex: string | undefined;
  readonly checksum: string | undefined;
}

function checkDigests(
  declared: DeclaredDigests,
  { computed, trailers }: { computed: Computed; trailers: ReadonlyMap<string, string> },
): Checksum | undefined {
  if (declared.md5 !== undefined && !declared.md5.equals(computed.md5)) {
    throw new S3Error('BadDigest', {
      fields: { ExpectedDigest: declared.md5.toString('base64'), CalculatedDigest: computed.md5.toString('base64') },
    });
  }
  if (declared.sha256Hex !== undefined && declared.sha256Hex !== computed.sha256Hex) {
    throw new S3Error('XAmzContentSHA256Mismatch', {
      fields: {
        ClientComputedContentSHA256: declared.sha256Hex,
        S3ComputedContentSHA256: computed.sha256Hex ?? '',
      },
    });
  }
  if (declared.checksum === undefined || computed.checksum === undefined) return undefined;
  const { algorithm } = declared.checksum;
  const expected = declared.checksum.value ?? trailers.get(`x-amz-checksum-${algorithm.toLowerCase()}`);
  if (expected === undefined) throw new S3Error('MalformedTrailerError');
  checkChecksumForm(algorithm, expected);
  if (expected !== computed.checksum) throw wrongChecksum(algorithm);
  return { algorithm, value: expected, type: 'FULL_OBJECT' };
}

export const wrongChecksum = (algorithm: string) =>
  new S3Error('BadDigest', { message: `The ${algorithm} you specified did not match the calculated checksum.` });
