import type { ServerResponse } from 'node:http';
import { xmlDate } from '../protocol/dates.ts';
import { sendEmpty, sendXml } from '../protocol/respond.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Exchange } from './exchange.ts';
import { integerParameter } from './listing-parameters.ts';
import { OWNER } from './owner.ts';

const MAX_BUCKETS = 10_000;

export function listBuckets(
  { query }: S3Request,
  { response, store }: { response: ServerResponse; store: ObjectStore },
): void {
  const prefix = query.get('prefix') ?? '';
  const limit = integerParameter(query, { parameter: 'max-buckets', byDefault: MAX_BUCKETS });
  const after = query.get('continuation-token') ?? '';
  const buckets = store.buckets.list().filter(({ name }) => name.startsWith(prefix) && name > after);
  const page = buckets.slice(0, limit);
  sendXml(response, 'ListAllMyBucketsResult', {
    content: {
      Owner: OWNER,
      // The wrapping element is there even when it is empty: the SDK makes an empty list of it.
      Buckets: { Bucket: page.map(({ name, createdAtMs }) => ({ Name: name, CreationDate: xmlDate(createdAtMs) })) },
      ContinuationToken: buckets.length > page.length ? page.at(-1)?.name : undefined,
      Prefix: query.get('prefix'),
    },
  });
}

export function headBucket({ response, region }: Exchange): void {
  sendEmpty(response, 200, { 'x-amz-bucket-region': region, 'content-type': 'application/xml' });
}

export function getBucketLocation({ response, region }: Exchange): void {
  // The oldest region has no name here.
  sendXml(response, 'LocationConstraint', { content: region === 'us-east-1' ? undefined : region });
}

export function getBucketVersioning({ response, bucket }: Exchange): void {
  const { versioning } = bucket.settings;
  sendXml(response, 'VersioningConfiguration', {
    content: { Status: versioning === 'Unversioned' ? undefined : versioning },
  });
}
