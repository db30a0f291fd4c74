import { xmlDate } from '../protocol/dates.ts';
import { sendXml } from '../protocol/respond.ts';
import type { XmlElements } from '../protocol/xml.ts';
import type { Part } from '../store/upload-table.ts';
import type { Exchange } from './exchange.ts';
import { findUpload } from './find-upload.ts';
import { integerParameter, pageSize } from './listing-parameters.ts';
import { OWNER } from './owner.ts';

export function listParts(exchange: Exchange): void {
  const { request, response, store, bucket, key } = exchange;
  const upload = findUpload(exchange);
  const marker = integerParameter(request.query, { parameter: 'part-number-marker', byDefault: 0 });
  const limit = pageSize(request, 'max-parts');
  const behind = store.uploads.parts(upload.uploadId).filter(({ number }) => number > marker);
  const page = behind.slice(0, limit);
  sendXml(response, 'ListPartsResult', {
    content: {
      Bucket: bucket.name,
      Key: key,
      UploadId: upload.uploadId,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: upload.attributes.storageClass,
      PartNumberMarker: marker,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: limit,
      IsTruncated: behind.length > page.length,
      ChecksumAlgorithm: upload.checksum?.algorithm,
      ChecksumType: upload.checksum?.type,
      Part: page.map(describePart),
    },
  });
}

const describePart = ({ number, modifiedAtMs, etag, size, checksum }: Part): XmlElements => ({
  PartNumber: number,
  LastModified: xmlDate(modifiedAtMs),
  ETag: `"${etag}"`,
  Size: size,
  ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value }),
});
