import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  type Checksum,
  type ChecksumAlgorithm,
  checksumElements,
  createDigest,
  isChecksumAlgorithm,
} from '../body/checksums.ts';
import { xmlDate } from '../protocol/dates.ts';
import { sendXml } from '../protocol/respond.ts';
import { invalidArgument, S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { StoredObject } from '../store/object-version.ts';
import { commitObject } from './commit-object.ts';
import { findCopySource } from './copy-source.ts';
import type { Exchange } from './exchange.ts';
import { entityTag, requestedAttributes, writtenHeaders } from './object-headers.ts';
import { checkCopySourceConditions } from './preconditions.ts';

export async function copyObject(exchange: Exchange): Promise<void> {
  const { request, response, bucket } = exchange;
  const { source, sourceIsVersioned } = findCopySource(exchange);
  checkCopySourceConditions(request, source);
  const directive = metadataDirective(request);
  const requested = requestedAttributes(request, bucket);
  if (directive === 'COPY') refuseCopyToItself(exchange, source);
  const { contentId, md5Hex, checksum } = await copyContent(exchange, { source, algorithm: askedAlgorithm(request) });
  const kept = directive === 'COPY' ? { headers: source.attributes.headers, metadata: source.attributes.metadata } : {};
  const attributes = { ...requested, ...kept, checksum };
  const etag = entityTag(attributes, { md5Hex, contentId });
  const written = commitObject(exchange, { size: source.size, etag, contentId, attributes });
  sendXml(response, 'CopyObjectResult', {
    content: { LastModified: xmlDate(written.modifiedAtMs), ETag: `"${etag}"`, ...checksumElements(checksum) },
    headers: {
      ...writtenHeaders({ ...written, attributes: { ...attributes, checksum: undefined } }, bucket),
      etag: undefined,
      ...(sourceIsVersioned ? { 'x-amz-copy-source-version-id': source.versionId } : {}),
    },
  });
}

/** Read and written anew: the copy is one piece with an MD5 of its own, also where the source was made of parts. */
async function copyContent(
  { store }: Exchange,
  {
    source,
    algorithm = source.attributes.checksum?.algorithm,
  }: { source: StoredObject; algorithm: ChecksumAlgorithm | undefined },
): Promise<{ contentId: string; md5Hex: string; checksum: Checksum | undefined }> {
  // Opened in the turn in which the source was found: nothing can remove it in between.
  const reader = createReadStream('', { fd: store.contents.openForReading(source.contentId) });
  const md5 = createHash('md5');
  const digest = algorithm === undefined ? undefined : createDigest(algorithm);
  const { contentId } = await store.contents.store(async (sink) => {
    for await (const bytes of reader as AsyncIterable<Buffer>) {
      md5.update(bytes);
      digest?.update(bytes);
      await sink(bytes);
    }
  });
  const checksum: Checksum | undefined =
    algorithm === undefined || digest === undefined
      ? undefined
      : { algorithm, value: digest.digest().toString('base64'), type: 'FULL_OBJECT' };
  return { contentId, md5Hex: md5.digest('hex'), checksum };
}

function metadataDirective(request: S3Request): 'COPY' | 'REPLACE' {
  const directive = request.header('x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive;
  throw invalidArgument('x-amz-metadata-directive', directive, 'Unknown metadata directive.');
}

function askedAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  const asked = request.header('x-amz-checksum-algorithm')?.toUpperCase();
  if (asked === undefined || isChecksumAlgorithm(asked)) return asked;
  throw new S3Error('InvalidRequest', { message: 'Checksum algorithm provided is unsupported.' });
}

function refuseCopyToItself({ request, bucket, key }: Exchange, source: StoredObject): void {
  const changes = ['x-amz-storage-class', 'x-amz-server-side-encryption', 'x-amz-checksum-algorithm'];
  const isSame = source.bucket === bucket.name && source.key === key && source.latest;
  if (!isSame || changes.some((name) => request.header(name) !== undefined)) return;
  throw new S3Error('InvalidRequest', {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
}
