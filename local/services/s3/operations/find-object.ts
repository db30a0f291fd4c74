import { httpDate } from '../protocol/dates.ts';
import { invalidArgument, S3Error } from '../protocol/s3-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { DeleteMarker, StoredObject } from '../store/object-version.ts';

export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
  /** Absent: the current one. */
  readonly versionId: string | undefined;
}

/** @throws `NoSuchKey`, `NoSuchVersion`, or `MethodNotAllowed` for a delete marker that is asked for by its id */
export function findObject(store: ObjectStore, { bucket, key, versionId }: ObjectAddress): StoredObject {
  if (versionId !== undefined) checkVersionId(versionId);
  const version =
    versionId === undefined ? store.versions.latest({ bucket, key }) : store.versions.get({ bucket, key }, versionId);
  if (version?.kind === 'object') return version;
  if (version !== undefined) throw hiddenBy(version, versionId);
  if (versionId !== undefined) throw new S3Error('NoSuchVersion', { fields: { Key: key, VersionId: versionId } });
  throw new S3Error('NoSuchKey', { fields: { Key: key } });
}

/** @throws `InvalidArgument` for what cannot be the id of a version */
export function checkVersionId(versionId: string): void {
  if (!/^(null|[\w.]{32})$/.test(versionId)) {
    throw invalidArgument('versionId', versionId, 'Invalid version id specified');
  }
}

function hiddenBy({ key, versionId, modifiedAtMs }: DeleteMarker, asked: string | undefined): S3Error {
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': versionId };
  if (asked === undefined) return new S3Error('NoSuchKey', { fields: { Key: key }, headers });
  return new S3Error('MethodNotAllowed', {
    fields: { Method: 'GET', ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE', 'last-modified': httpDate(modifiedAtMs) },
  });
}
