import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import { type Crc64, crc64nvme } from './crc64nvme.ts';

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** Over the whole content, or over the checksums of its parts (then the value ends in `-<parts>`). */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** In base64. */
  readonly value: string;
  readonly type: ChecksumType;
}

/** A checksum under way. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** To be asked once. */
  digest(): Buffer;
}

export function createDigest(algorithm: ChecksumAlgorithm | 'MD5'): Digest {
  if (algorithm === 'CRC32') return crcDigest(crc32);
  if (algorithm === 'CRC32C') return crcDigest(crc32c);
  if (algorithm === 'CRC64NVME') return crc64Digest();
  return createHash(algorithm.toLowerCase());
}

export const isChecksumAlgorithm = (text: string): text is ChecksumAlgorithm =>
  (CHECKSUM_ALGORITHMS as readonly string[]).includes(text);

/** The length of a value in bytes. */
export const CHECKSUM_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export const checksumHeader = (algorithm: ChecksumAlgorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** How a checksum is told in headers; none for none. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** How a checksum is told in XML. */
export function checksumElements(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

function crcDigest(next: (bytes: Uint8Array, previous: number) => number): Digest {
  let value = 0;
  return {
    update(bytes) {
      value = next(bytes, value);
    },
    digest() {
      const result = Buffer.alloc(4);
      result.writeUInt32BE(value);
      return result;
    },
  };
}

function crc64Digest(): Digest {
  let value: Crc64 = [0, 0];
  return {
    update(bytes) {
      value = crc64nvme(bytes, value);
    },
    digest() {
      const result = Buffer.alloc(8);
      result.writeUInt32BE(value[0], 0);
      result.writeUInt32BE(value[1], 4);
      return result;
    },
  };
}
