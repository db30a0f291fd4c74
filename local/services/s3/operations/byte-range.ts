import { S3Error } from '../protocol/s3-error.ts';

/** Both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What a `Range` header asks of a content of `size` bytes; undefined for the whole: S3 ignores what it cannot read, and several ranges.
 *
 * @throws `InvalidRange` when nothing of it is there
 */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null) return undefined;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return undefined;
  if (from !== '' && to !== '' && Number(from) > Number(to)) return undefined;
  const range =
    from === ''
      ? { first: Math.max(0, size - Number(to)), last: size - 1 }
      : { first: Number(from), last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
  if (range.first > range.last) {
    throw new S3Error('InvalidRange', { fields: { RangeRequested: header ?? '', ActualObjectSize: String(size) } });
  }
  return range;
}

/** Where a part of a multipart object lies; an object in one piece is its own part 1. @throws `InvalidPartNumber` */
export function partRange(
  partNumber: number,
  { size, partSizes }: { size: number; partSizes: readonly number[] },
): ByteRange {
  const length = partSizes[partNumber - 1];
  if (length === undefined) {
    throw new S3Error('InvalidPartNumber', {
      fields: { PartNumberRequested: String(partNumber), ActualPartCount: String(partSizes.length) },
    });
  }
  const first = partSizes.slice(0, partNumber - 1).reduce((sum, bytes) => sum + bytes, 0);
  return { first, last: Math.min(first + length, size) - 1 };
}
