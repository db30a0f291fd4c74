import * as z from 'zod';
import { xmlDate } from '../protocol/dates.ts';
import { sendXml } from '../protocol/respond.ts';
import { invalidArgument } from '../protocol/s3-error.ts';
import type { XmlElements } from '../protocol/xml.ts';
import { collectPage, type Position } from '../store/collect-page.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { Exchange } from './exchange.ts';
import { keyEncoder, pageSize } from './listing-parameters.ts';
import { OWNER } from './owner.ts';

const ContinuationToken = z.tuple([z.string(), z.boolean()]);

export function listObjectsV2({ request, response, store, bucket }: Exchange): void {
  const { query } = request;
  const encode = keyEncoder(request);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = pageSize(request, 'max-keys');
  const { entries, next } = collectPage(
    (from, count) => store.listings.objects({ bucket: bucket.name, prefix, from, limit: count }),
    { prefix, delimiter, limit, start: startOf(query) },
  );
  const showOwner = query.get('fetch-owner') === 'true';
  sendXml(response, 'ListBucketResult', {
    content: {
      Name: bucket.name,
      Prefix: encode(prefix),
      StartAfter: encoded(query.get('start-after'), encode),
      ContinuationToken: query.get('continuation-token'),
      NextContinuationToken: next === undefined ? undefined : tokenOf(next),
      KeyCount: entries.length,
      MaxKeys: limit,
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      IsTruncated: next !== undefined,
      EncodingType: query.get('encoding-type'),
      Contents: entries.flatMap((entry) =>
        'version' in entry ? contentsOf(entry.version, { encode, showOwner }) : [],
      ),
      CommonPrefixes: entries.flatMap((entry) => ('prefix' in entry ? { Prefix: encode(entry.prefix) } : [])),
    },
  });
}

function contentsOf(
  version: ObjectVersion,
  { encode, showOwner }: { encode: (key: string) => string; showOwner: boolean },
): XmlElements[] {
  return version.kind === 'object'
    ? [{ Key: encode(version.key), ...describeObject(version), Owner: showOwner ? OWNER : undefined }]
    : [];
}

/** What listings tell of an object. */
export function describeObject({
  modifiedAtMs,
  etag,
  size,
  attributes,
}: Extract<ObjectVersion, { kind: 'object' }>): XmlElements {
  return {
    LastModified: xmlDate(modifiedAtMs),
    ETag: `"${etag}"`,
    ChecksumAlgorithm: attributes.checksum?.algorithm,
    ChecksumType: attributes.checksum?.type,
    Size: size,
    StorageClass: attributes.storageClass,
  };
}

function startOf(query: ReadonlyMap<string, string>): Position | undefined {
  const token = query.get('continuation-token');
  if (token !== undefined) return positionOf(token);
  const startAfter = query.get('start-after') ?? '';
  return startAfter === '' ? undefined : { key: startAfter, inclusive: false };
}

const tokenOf = ({ key, inclusive }: Position) => Buffer.from(JSON.stringify([key, inclusive])).toString('base64url');

function positionOf(token: string): Position {
  try {
    const [key, inclusive] = ContinuationToken.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
    return { key, inclusive };
  } catch {
    throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
  }
}

const encoded = (text: string | undefined, encode: (key: string) => string) =>
  text === undefined || text === '' ? undefined : encode(text);
