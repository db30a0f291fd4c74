import * as z from 'zod';
import { CHECKSUM_ALGORITHMS } from '../body/checksums.ts';
import { S3Error } from '../protocol/s3-error.ts';
import type { Part, Upload } from '../store/upload-table.ts';

const MIN_PART_BYTES = 5 * 1024 ** 2;
const MAX_PARTS = 10_000;

const text = z.tuple([z.string()]);
const number = z.tuple([z.string().regex(/^\s*\d{1,5}\s*$/)]);

/** The body of CompleteMultipartUpload. */
export const PartList = z.object({
  Part: z
    .array(
      z.object({
        PartNumber: number,
        ETag: text,
        ...Object.fromEntries(CHECKSUM_ALGORITHMS.map((algorithm) => [`Checksum${algorithm}`, text.optional()])),
      }),
    )
    .min(1)
    .max(MAX_PARTS),
});
type Asked = z.infer<typeof PartList>['Part'][number];

/**
 * The parts that the object is to be made of.
 *
 * @throws `InvalidPartOrder`, `InvalidPart`, `EntityTooSmall`, or `InvalidRequest` where a checksum is missing
 */
export function chooseParts(
  list: z.infer<typeof PartList>,
  { upload, parts }: { upload: Upload; parts: readonly Part[] },
): Part[] {
  const numbers = list.Part.map(({ PartNumber }) => Number(PartNumber[0]));
  if (numbers.some((one, index) => index > 0 && one <= (numbers[index - 1] ?? 0))) {
    throw new S3Error('InvalidPartOrder', { fields: { UploadId: upload.uploadId } });
  }
  const byNumber = new Map(parts.map((part) => [part.number, part]));
  const chosen = list.Part.map((asked) =>
    choosePart(asked, { upload, part: byNumber.get(Number(asked.PartNumber[0])) }),
  );
  const small = chosen.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES);
  if (small === undefined) return chosen;
  throw new S3Error('EntityTooSmall', {
    fields: {
      ProposedSize: String(small.size),
      MinSizeAllowed: String(MIN_PART_BYTES),
      PartNumber: String(small.number),
      ETag: small.etag,
    },
  });
}

function choosePart(asked: Asked, { upload, part }: { upload: Upload; part: Part | undefined }): Part {
  const partNumber = String(Number(asked.PartNumber[0]));
  const etag = asked.ETag[0].replaceAll('"', '').trim();
  const invalid = new S3Error('InvalidPart', {
    fields: { UploadId: upload.uploadId, PartNumber: partNumber, ETag: etag },
  });
  if (part === undefined || part.etag !== etag) throw invalid;
  const checksum = part.checksum === undefined ? undefined : askedChecksum(asked, part.checksum.algorithm);
  if (checksum !== undefined && checksum !== part.checksum?.value) throw invalid;
  if (checksum === undefined && upload.checksum?.type === 'COMPOSITE') {
    throw new S3Error('InvalidRequest', {
      message: `The upload was created using a ${upload.checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${partNumber} in the request.`,
    });
  }
  return part;
}

function askedChecksum(asked: Asked, algorithm: string): string | undefined {
  const value: unknown = (asked as Readonly<Record<string, unknown>>)[`Checksum${algorithm}`];
  return Array.isArray(value) ? String(value[0]) : undefined;
}
