import { createHash } from 'node:crypto';
import { checksumHeaders } from '../body/checksums.ts';
import { httpDate } from '../protocol/dates.ts';
import { headerNotImplemented, invalidArgument, S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { Bucket } from '../store/bucket-table.ts';
import type { Encryption, ObjectAttributes, StoredObject } from '../store/object-version.ts';

const KEPT_HEADERS = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];
const METADATA_PREFIX = 'x-amz-meta-';
const MAX_METADATA_BYTES = 2048;

// What S3 would do for these is not done here, and ignoring them would pretend that it was.
const REFUSED_HEADERS =
  /^x-amz-(tagging|object-lock-|grant-|website-redirect-location|write-offset-bytes|server-side-encryption-(customer-|context)|copy-source-server-side-encryption-customer-)/;

const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
];

/** What a request says of the object that it writes, but for the checksum. @throws the error for a header that is not taken */
export function requestedAttributes(request: S3Request, bucket: Bucket): ObjectAttributes {
  refuseHeaders(request);
  return {
    headers: contentHeaders(request),
    metadata: userMetadata(request),
    storageClass: storageClass(request),
    encryption: encryption(request, bucket),
  };
}

/** What an object is answered with, but for its length. */
export function objectHeaders(
  { etag, modifiedAtMs, versionId, attributes }: StoredObject,
  bucket: Bucket,
): Record<string, string> {
  const metadata = Object.entries(attributes.metadata).map(([name, value]) => [METADATA_PREFIX + name, value]);
  return {
    ...attributes.headers,
    ...Object.fromEntries(metadata),
    'accept-ranges': 'bytes',
    etag: `"${etag}"`,
    'last-modified': httpDate(modifiedAtMs),
    ...(bucket.settings.versioning === 'Unversioned' ? {} : { 'x-amz-version-id': versionId }),
    ...(attributes.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': attributes.storageClass }),
    ...encryptionHeaders(attributes.encryption),
  };
}

/** What a write is answered with. */
export function writtenHeaders({ etag, versionId, attributes }: StoredObject, bucket: Bucket): Record<string, string> {
  return {
    etag: `"${etag}"`,
    ...(bucket.settings.versioning === 'Enabled' ? { 'x-amz-version-id': versionId } : {}),
    ...checksumHeaders(attributes.checksum),
    ...encryptionHeaders(attributes.encryption),
  };
}

export function encryptionHeaders(encryption: Encryption | undefined): Record<string, string> {
  if (encryption === undefined) return {};
  return {
    'x-amz-server-side-encryption': encryption.algorithm,
    ...(encryption.keyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': encryption.keyId }),
    ...(encryption.bucketKey ? { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' } : {}),
  };
}

/** Under a KMS key the entity tag is not the MD5 of the content, so that nothing here may come to rely on it. */
export function entityTag(
  attributes: ObjectAttributes,
  { md5Hex, contentId }: { md5Hex: string; contentId: string },
): string {
  const byKms = attributes.encryption?.algorithm.startsWith('aws:kms') ?? false;
  return byKms ? createHash('md5').update(contentId).digest('hex') : md5Hex;
}

function refuseHeaders(request: S3Request): void {
  const refused = request.headerNames.find((name) => REFUSED_HEADERS.test(name));
  if (refused !== undefined) throw headerNotImplemented(refused);
  const acl = request.header('x-amz-acl');
  if (acl !== undefined && acl !== 'bucket-owner-full-control' && acl !== 'private') {
    throw new S3Error('AccessControlListNotSupported');
  }
}

function contentHeaders(request: S3Request): Record<string, string> {
  const kept = KEPT_HEADERS.flatMap((name): [string, string][] => {
    const value = request.header(name);
    return value === undefined ? [] : [[name, value]];
  });
  const encoding = (request.header('content-encoding') ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked');
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(kept),
    ...(encoding.length === 0 ? {} : { 'content-encoding': encoding.join(',') }),
  };
}

function userMetadata(request: S3Request): Record<string, string> {
  const entries = request.headerNames
    .filter((name) => name.startsWith(METADATA_PREFIX))
    .map((name): [string, string] => [name.slice(METADATA_PREFIX.length), request.header(name) ?? '']);
  const bytes = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value, 'latin1'),
    0,
  );
  if (bytes > MAX_METADATA_BYTES) {
    throw new S3Error('MetadataTooLarge', {
      fields: { Size: String(bytes), MaxSizeAllowed: String(MAX_METADATA_BYTES) },
    });
  }
  return Object.fromEntries(entries);
}

function storageClass(request: S3Request): string {
  const asked = request.header('x-amz-storage-class') ?? 'STANDARD';
  // Archived classes are not among them: an object there cannot be read before it is restored.
  if (!STORAGE_CLASSES.includes(asked)) {
    throw invalidArgument('x-amz-storage-class', asked, `the local S3 has no storage class '${asked}'`);
  }
  return asked;
}

function encryption(request: S3Request, bucket: Bucket): Encryption {
  const algorithm = request.header('x-amz-server-side-encryption');
  if (algorithm === undefined) return bucket.settings.encryption;
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') {
    throw invalidArgument(
      'x-amz-server-side-encryption',
      algorithm,
      'The encryption method specified is not supported',
    );
  }
  const keyId = request.header('x-amz-server-side-encryption-aws-kms-key-id');
  if (algorithm === 'AES256' && keyId !== undefined) {
    throw invalidArgument(
      'x-amz-server-side-encryption',
      algorithm,
      'Server Side Encryption with KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    );
  }
  const bucketKey = request.header('x-amz-server-side-encryption-bucket-key-enabled') === 'true';
  return {
    algorithm,
    keyId: keyId ?? (algorithm === 'AES256' ? undefined : bucket.settings.encryption.keyId),
    bucketKey,
  };
}
