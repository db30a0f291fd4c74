import { wholeSecondsMs } from '../protocol/dates.ts';
import { headerNotImplemented, preconditionFailed, S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { ObjectVersion, StoredObject } from '../store/object-version.ts';

/** @throws `PreconditionFailed`, or `NoSuchKey` for an `If-Match` on nothing */
export function checkWriteConditions(request: S3Request, current: ObjectVersion | undefined): void {
  const exists = current?.kind === 'object';
  const ifNoneMatch = request.header('if-none-match');
  // S3 knows no other value here, as it knows no `*` in If-Match.
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw headerNotImplemented('If-None-Match');
  if (ifNoneMatch === '*' && exists) throw preconditionFailed('If-None-Match');
  const ifMatch = request.header('if-match');
  if (ifMatch === undefined) return;
  if (ifMatch === '*') throw headerNotImplemented('If-Match');
  if (!exists) throw new S3Error('NoSuchKey', { fields: { Key: request.key ?? '' } });
  if (!matchesTag(ifMatch, current.etag)) throw preconditionFailed('If-Match');
}

/**
 * Whether to answer `304 Not Modified`.
 *
 * @throws `PreconditionFailed`
 */
export function checkReadConditions(request: S3Request, object: StoredObject): 'send' | 'not-modified' {
  const ifMatch = request.header('if-match');
  if (ifMatch !== undefined && !matchesTag(ifMatch, object.etag)) throw preconditionFailed('If-Match');
  // A matching tag says more than a date, which then does not count; the same for the other pair.
  if (ifMatch === undefined && isModifiedSince(object, request.header('if-unmodified-since')) === true) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = request.header('if-none-match');
  if (ifNoneMatch !== undefined) return matchesTag(ifNoneMatch, object.etag) ? 'not-modified' : 'send';
  return isModifiedSince(object, request.header('if-modified-since')) === false ? 'not-modified' : 'send';
}

/** @throws `PreconditionFailed` for a copy whose source is not as it should be */
export function checkCopySourceConditions(request: S3Request, source: StoredObject): void {
  const condition = (name: string) => `x-amz-copy-source-${name}`;
  const ifMatch = request.header(condition('if-match'));
  if (ifMatch !== undefined && !matchesTag(ifMatch, source.etag)) throw preconditionFailed(condition('If-Match'));
  if (ifMatch === undefined && isModifiedSince(source, request.header(condition('if-unmodified-since'))) === true) {
    throw preconditionFailed(condition('If-Unmodified-Since'));
  }
  const ifNoneMatch = request.header(condition('if-none-match'));
  if (ifNoneMatch !== undefined && matchesTag(ifNoneMatch, source.etag))
    throw preconditionFailed(condition('If-None-Match'));
  if (ifNoneMatch === undefined && isModifiedSince(source, request.header(condition('if-modified-since'))) === false) {
    throw preconditionFailed(condition('If-Modified-Since'));
  }
}

const matchesTag = (header: string, etag: string) =>
  header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '').replaceAll('"', '') === etag);

/** Undefined without a date that can be read. */
function isModifiedSince({ modifiedAtMs }: StoredObject, header: string | undefined): boolean | undefined {
  const sinceMs = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(sinceMs) ? undefined : wholeSecondsMs(modifiedAtMs) > sinceMs;
}
