import { createReadStream } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { checksumHeaders } from '../body/checksums.ts';
import { headerText } from '../protocol/header-text.ts';
import { sendEmpty } from '../protocol/respond.ts';
import { invalidArgument } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { StoredObject } from '../store/object-version.ts';
import { type ByteRange, byteRange, partRange } from './byte-range.ts';
import type { Exchange } from './exchange.ts';
import { findObject } from './find-object.ts';
import { objectHeaders } from './object-headers.ts';
import { checkReadConditions } from './preconditions.ts';

/** GetObject, and HeadObject, which is the same without the content. */
export async function getObject(exchange: Exchange): Promise<void> {
  const { request, response, store, bucket, key } = exchange;
  const object = findObject(store, { bucket: bucket.name, key, versionId: request.query.get('versionId') });
  const headers = objectHeaders(object, bucket);
  if (checkReadConditions(request, object) === 'not-modified') {
    sendEmpty(response, 304, { etag: headers['etag'], 'last-modified': headers['last-modified'] });
    return;
  }
  const range = requestedRange(request, object);
  const answered = {
    ...headers,
    ...overriddenHeaders(request),
    ...lengthHeaders(range, object),
    ...askedChecksum(request, { object, range }),
    ...partsCount(request, object),
  };
  const status = range === undefined ? 200 : 206;
  if (request.method === 'HEAD' || object.size === 0) {
    response.writeHead(status, answered).end();
    return;
  }
  // Opened in the same turn in which the version was looked up, so that nothing can remove it in between.
  const fd = store.contents.openForReading(object.contentId);
  response.writeHead(status, answered);
  const { first, last } = range ?? { first: 0, last: object.size - 1 };
  await pipeline(createReadStream('', { fd, start: first, end: last }), response);
}

function requestedRange(request: S3Request, { size, attributes }: StoredObject): ByteRange | undefined {
  const partNumber = request.query.get('partNumber');
  if (partNumber === undefined) return byteRange(request.header('range'), size);
  const number = Number(partNumber);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw invalidArgument('partNumber', partNumber, 'Part number must be an integer between 1 and 10000, inclusive');
  }
  const range = partRange(number, { size, partSizes: attributes.partSizes ?? [size] });
  return size === 0 ? undefined : range;
}

function lengthHeaders(range: ByteRange | undefined, { size }: StoredObject): OutgoingHttpHeaders {
  if (range === undefined) return { 'content-length': size };
  const { first, last } = range;
  return { 'content-length': last - first + 1, 'content-range': `bytes ${first}-${last}/${size}` };
}

/** A checksum is of the whole, so that it is told with the whole only. */
function askedChecksum(
  request: S3Request,
  { object, range }: { object: StoredObject; range: ByteRange | undefined },
): OutgoingHttpHeaders {
  const asked = request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  return asked && range === undefined ? checksumHeaders(object.attributes.checksum) : {};
}

function partsCount(request: S3Request, { attributes }: StoredObject): OutgoingHttpHeaders {
  if (!request.query.has('partNumber') || attributes.partSizes === undefined) return {};
  return { 'x-amz-mp-parts-count': attributes.partSizes.length };
}

/** A pre-signed link may say, for example, under which file name a browser saves the object. */
function overriddenHeaders({ query }: S3Request): OutgoingHttpHeaders {
  const overrides = [...query].filter(([name]) => OVERRIDES.test(name));
  return Object.fromEntries(
    overrides.map(([name, value]) => [name.slice('response-'.length), headerText(name, value)]),
  );
}

const OVERRIDES = /^response-(cache-control|content-(disposition|encoding|language|type)|expires)$/;
