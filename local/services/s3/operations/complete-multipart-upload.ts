import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Checksum, checksumElements, checksumHeader, createDigest, type Digest } from '../body/checksums.ts';
import { wrongChecksum } from '../body/consume-body.ts';
import { readXmlBody } from '../body/read-xml-body.ts';
import { sendXml } from '../protocol/respond.ts';
import { S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { contentIds, type ObjectStore } from '../store/object-store.ts';
import type { Part, Upload } from '../store/upload-table.ts';
import { chooseParts, PartList } from './choose-parts.ts';
import { commitObject } from './commit-object.ts';
import type { Exchange } from './exchange.ts';
import { findUpload } from './find-upload.ts';
import { entityTag, writtenHeaders } from './object-headers.ts';

export async function completeMultipartUpload(exchange: Exchange): Promise<void> {
  const { request, response, store, bucket, key } = exchange;
  const { document } = await readXmlBody(request, { root: 'CompleteMultipartUpload', schema: PartList });
  const upload = findUpload(exchange);
  const parts = chooseParts(document, { upload, parts: store.uploads.parts(upload.uploadId) });
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  checkDeclaredSize(request, size);
  const { contentId, checksum } = await joinParts(exchange, { upload, parts });
  const attributes = { ...upload.attributes, checksum, partSizes: parts.map((part) => part.size) };
  const etag = `${entityTag(attributes, { md5Hex: md5OfParts(parts), contentId })}-${parts.length}`;
  const written = commitObject(exchange, { size, etag, contentId, attributes }, () => {
    // Of two that complete one upload at the same time, the second finds it gone.
    const { uploadId } = findUpload(exchange);
    return contentIds(store.uploads.remove(uploadId));
  });
  sendXml(response, 'CompleteMultipartUploadResult', {
    content: {
      Location: `http://${request.header('host') ?? ''}${request.path}`,
      Bucket: bucket.name,
      Key: key,
      ETag: `"${etag}"`,
      ...checksumElements(checksum),
    },
    headers: {
      ...writtenHeaders({ ...written, attributes: { ...attributes, checksum: undefined } }, bucket),
      etag: undefined,
    },
  });
}

function checkDeclaredSize(request: S3Request, size: number): void {
  const declared = request.header('x-amz-mp-object-size');
  if (declared === undefined || declared === String(size)) return;
  throw new S3Error('InvalidRequest', {
    message: `The provided 'x-amz-mp-object-size' header value ${declared} does not match what was computed: ${size}.`,
  });
}

/** Writes the parts one after the other into one content. */
async function joinParts(
  { request, store }: Exchange,
  { upload, parts }: { upload: Upload; parts: readonly Part[] },
): Promise<{ contentId: string; checksum: Checksum | undefined }> {
  const whole = upload.checksum?.type === 'FULL_OBJECT' ? createDigest(upload.checksum.algorithm) : undefined;
  const { contentId, result } = await store.contents.store(async (sink) => {
    for (const part of parts) {
      for await (const bytes of readPart(store, { upload, part })) {
        whole?.update(bytes);
        await sink(bytes);
      }
    }
    return declaredOrComputed(request, checksumOf({ upload, parts, whole }));
  });
  return { contentId, checksum: result };
}

/** One is opened at a time: ten thousand would be more than a process may have open. @throws `NoSuchUpload` when it was aborted meanwhile */
function readPart(store: ObjectStore, { upload, part }: { upload: Upload; part: Part }): AsyncIterable<Buffer> {
  if (store.uploads.get(upload.uploadId) === undefined) {
    throw new S3Error('NoSuchUpload', { fields: { UploadId: upload.uploadId } });
  }
  return createReadStream('', { fd: store.contents.openForReading(part.contentId) });
}

function checksumOf({
  upload,
  parts,
  whole,
}: {
  upload: Upload;
  parts: readonly Part[];
  whole: Digest | undefined;
}): Checksum | undefined {
  if (upload.checksum === undefined) return undefined;
  const { algorithm, type } = upload.checksum;
  if (whole !== undefined) return { algorithm, type, value: whole.digest().toString('base64') };
  const digest = createDigest(algorithm);
  for (const { checksum } of parts) digest.update(Buffer.from(checksum?.value ?? '', 'base64'));
  return { algorithm, type, value: `${digest.digest().toString('base64')}-${parts.length}` };
}

/** @throws `BadDigest` where the client knows the checksum of the whole and it is another */
function declaredOrComputed(request: S3Request, computed: Checksum | undefined): Checksum | undefined {
  if (computed === undefined) return undefined;
  const declared = request.header(checksumHeader(computed.algorithm));
  const count = computed.value.indexOf('-');
  const bare = count === -1 ? computed.value : computed.value.slice(0, count);
  if (declared !== undefined && declared !== computed.value && declared !== bare)
    throw wrongChecksum(computed.algorithm);
  return computed;
}

function md5OfParts(parts: readonly Part[]): string {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(etag, 'hex');
  return md5.digest('hex');
}
