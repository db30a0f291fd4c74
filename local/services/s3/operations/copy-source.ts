import { invalidArgument, S3Error } from '../protocol/s3-error.ts';
import type { StoredObject } from '../store/object-version.ts';
import type { Exchange } from './exchange.ts';
import { findObject } from './find-object.ts';

/** The object that a copy is made of, and whether one version of it was asked for. */
export function findCopySource({ request, store }: Exchange): { source: StoredObject; sourceIsVersioned: boolean } {
  const header = request.header('x-amz-copy-source') ?? '';
  const { bucket, key, versionId } = parseCopySource(header);
  const from = store.buckets.get(bucket);
  if (from === undefined) throw new S3Error('NoSuchBucket', { fields: { BucketName: bucket } });
  const source = findObject(store, { bucket, key, versionId });
  return { source, sourceIsVersioned: from.settings.versioning !== 'Unversioned' };
}

function parseCopySource(header: string): { bucket: string; key: string; versionId: string | undefined } {
  // The version is split off before decoding, because a key may hold a question mark.
  const match = /^\/?([^/?]+)\/(.+?)(?:\?versionId=([^&]*))?$/.exec(header);
  const [, bucket, key, versionId] = match ?? [];
  if (bucket === undefined || key === undefined) {
    throw invalidArgument(
      'x-amz-copy-source',
      header,
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  }
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), versionId };
  } catch {
    throw invalidArgument('x-amz-copy-source', header, 'Invalid copy source encoding.');
  }
}
