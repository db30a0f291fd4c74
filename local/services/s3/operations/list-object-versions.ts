import { xmlDate } from '../protocol/dates.ts';
import { sendXml } from '../protocol/respond.ts';
import { invalidArgument } from '../protocol/s3-error.ts';
import type { XmlElements } from '../protocol/xml.ts';
import { collectPage, type Entry, type Position } from '../store/collect-page.ts';
import { afterPrefix } from '../store/key-order.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { Exchange } from './exchange.ts';
import { describeObject } from './list-objects-v2.ts';
import { keyEncoder, pageSize } from './listing-parameters.ts';
import { OWNER } from './owner.ts';

export function listObjectVersions(exchange: Exchange): void {
  const { request, response, store, bucket } = exchange;
  const { query } = request;
  const encode = keyEncoder(request);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = pageSize(request, 'max-keys');
  const { entries, next } = collectPage(
    (from, count) => store.listings.versions({ bucket: bucket.name, prefix, from, limit: count }),
    { prefix, delimiter, limit, start: startOf(exchange, delimiter) },
  );
  const versions = entries.flatMap((entry) => ('version' in entry ? [entry.version] : []));
  sendXml(response, 'ListVersionsResult', {
    content: {
      Name: bucket.name,
      Prefix: encode(prefix),
      KeyMarker: encode(query.get('key-marker') ?? ''),
      VersionIdMarker: query.get('version-id-marker') ?? '',
      ...nextMarkers(next === undefined ? undefined : entries.at(-1), encode),
      MaxKeys: limit,
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      IsTruncated: next !== undefined,
      EncodingType: query.get('encoding-type'),
      Version: versions.flatMap((version) =>
        version.kind === 'object' ? [{ ...common(version, encode), ...describeObject(version) }] : [],
      ),
      DeleteMarker: versions.flatMap((version) => (version.kind === 'delete-marker' ? [common(version, encode)] : [])),
      CommonPrefixes: entries.flatMap((entry) => ('prefix' in entry ? { Prefix: encode(entry.prefix) } : [])),
    },
  });
}

function common(version: ObjectVersion, encode: (key: string) => string): XmlElements {
  return {
    Key: encode(version.key),
    VersionId: version.versionId,
    IsLatest: version.latest,
    LastModified: xmlDate(version.modifiedAtMs),
    Owner: OWNER,
  };
}

function nextMarkers(last: Entry<ObjectVersion> | undefined, encode: (key: string) => string): XmlElements {
  if (last === undefined) return {};
  if ('prefix' in last) return { NextKeyMarker: encode(last.prefix) };
  return { NextKeyMarker: encode(last.version.key), NextVersionIdMarker: last.version.versionId };
}

function startOf({ request, store, bucket }: Exchange, delimiter: string): Position | undefined {
  const key = request.query.get('key-marker') ?? '';
  const versionId = request.query.get('version-id-marker') ?? '';
  if (key === '') {
    if (versionId === '') return undefined;
    throw invalidArgument(
      'version-id-marker',
      versionId,
      'A version-id marker cannot be specified without a key marker.',
    );
  }
  if (delimiter !== '' && key.endsWith(delimiter)) {
    // A page may have ended with a common prefix; what lies behind it is told already.
    const behind = afterPrefix(key);
    return behind === undefined ? { key, inclusive: false } : { key: behind, inclusive: true };
  }
  if (versionId === '') return { key, inclusive: false };
  // The marked version may be deleted by now, as when a bucket is emptied page by page: then all that is left of the key comes.
  const marked = store.versions.get({ bucket: bucket.name, key }, versionId);
  return { key, inclusive: marked === undefined, belowSeq: marked?.seq ?? 0 };
}
