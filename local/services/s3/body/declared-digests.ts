import { S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { CHECKSUM_ALGORITHMS, CHECKSUM_BYTES, type ChecksumAlgorithm, checksumHeader } from './checksums.ts';

/** What a request says about its content before sending it. */
export interface DeclaredDigests {
  readonly md5: Buffer | undefined;
  /** From `x-amz-content-sha256`, in hex. */
  readonly sha256Hex: string | undefined;
  readonly checksum: DeclaredChecksum | undefined;
}

export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** In base64; absent when it comes as a trailing header. */
  readonly value: string | undefined;
}

/** @throws `InvalidDigest` or `InvalidRequest` for a declaration that no content could meet */
export function declaredDigests(request: S3Request): DeclaredDigests {
  const sha256 = request.header('x-amz-content-sha256');
  return {
    md5: declaredMd5(request.header('content-md5')),
    sha256Hex: sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined,
    checksum: declaredChecksum(request),
  };
}

/** @throws `InvalidRequest` when `value` cannot be a checksum of this kind */
export function checkChecksumForm(algorithm: ChecksumAlgorithm, value: string): void {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== CHECKSUM_BYTES[algorithm] || bytes.toString('base64') !== value) {
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
}

function declaredMd5(header: string | undefined): Buffer | undefined {
  if (header === undefined) return undefined;
  const md5 = Buffer.from(header, 'base64');
  if (md5.length !== 16 || md5.toString('base64') !== header) {
    throw new S3Error('InvalidDigest', { fields: { 'Content-MD5': header } });
  }
  return md5;
}

function declaredChecksum(request: S3Request): DeclaredChecksum | undefined {
  const trailer = request.header('x-amz-trailer')?.toLowerCase();
  const declared = CHECKSUM_ALGORITHMS.flatMap((algorithm): DeclaredChecksum[] => {
    const value = request.header(checksumHeader(algorithm));
    return [
      ...(value === undefined ? [] : [{ algorithm, value }]),
      ...(trailer === checksumHeader(algorithm) ? [{ algorithm, value: undefined }] : []),
    ];
  });
  const [checksum] = declared;
  if (declared.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  if (checksum?.value !== undefined) checkChecksumForm(checksum.algorithm, checksum.value);
  checkSdkAlgorithm(request.header('x-amz-sdk-checksum-algorithm'), checksum);
  return checksum;
}

function checkSdkAlgorithm(named: string | undefined, checksum: DeclaredChecksum | undefined): void {
  if (named === undefined) return;
  if (checksum === undefined) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (named.toUpperCase() !== checksum.algorithm) {
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
}

const invalidRequest = (message: string) => new S3Error('InvalidRequest', { message });
