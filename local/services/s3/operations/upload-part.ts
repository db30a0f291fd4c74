import { checksumHeader } from '../body/checksums.ts';
import { consumeBody } from '../body/consume-body.ts';
import { declaredDigests } from '../body/declared-digests.ts';
import { sendEmpty } from '../protocol/respond.ts';
import { invalidArgument, S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { contentIds } from '../store/object-store.ts';
import type { Part, Upload } from '../store/upload-table.ts';
import type { Exchange } from './exchange.ts';
import { findUpload } from './find-upload.ts';
import { encryptionHeaders } from './object-headers.ts';

export async function uploadPart(exchange: Exchange): Promise<void> {
  const { request, response, store, now } = exchange;
  const number = partNumber(request);
  const upload = findUpload(exchange);
  checkAlgorithm(request, upload);
  const { contentId, result: body } = await store.contents.store((sink) => consumeBody(request, sink));
  const etag = body.md5.toString('hex');
  keepPart(exchange, { number, size: body.size, etag, checksum: body.checksum, modifiedAtMs: now(), contentId });
  sendEmpty(response, 200, {
    etag: `"${etag}"`,
    ...checksumOfPart(body.checksum),
    ...encryptionHeaders(upload.attributes.encryption),
  });
}

/** The upload may have been completed or aborted while the part was on its way. */
function keepPart(exchange: Exchange, part: Part): void {
  const { store } = exchange;
  try {
    const replaced = store.transaction(() => store.uploads.putPart(findUpload(exchange).uploadId, part));
    store.removeUnreferenced(contentIds(replaced === undefined ? [] : [replaced]));
  } catch (error) {
    store.removeUnreferenced([part.contentId]);
    throw error;
  }
}

function partNumber({ query }: S3Request): number {
  const given = query.get('partNumber') ?? '';
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= 1 && number <= 10_000) return number;
  throw invalidArgument('partNumber', given, 'Part number must be an integer between 1 and 10000, inclusive');
}

function checkAlgorithm(request: S3Request, upload: Upload): void {
  const actual = declaredDigests(request).checksum?.algorithm;
  if (upload.checksum === undefined || upload.checksum.algorithm === actual) return;
  const name = (algorithm: string | undefined) => algorithm?.toLowerCase() ?? 'null';
  throw new S3Error('InvalidRequest', {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${name(upload.checksum.algorithm)}, actual checksum Type: ${name(actual)}`,
  });
}

/** A part's checksum has no type: what that of the whole is, is settled for the upload. */
function checksumOfPart(checksum: Part['checksum']): Record<string, string> {
  return checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value };
}
