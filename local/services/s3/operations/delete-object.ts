import { sendEmpty } from '../protocol/respond.ts';
import { headerNotImplemented } from '../protocol/s3-error.ts';
import { contentIds } from '../store/object-store.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { Exchange } from './exchange.ts';
import { checkVersionId } from './find-object.ts';

export function deleteObject(exchange: Exchange): void {
  const { request, response, store, key } = exchange;
  if (request.header('if-match') !== undefined) throw headerNotImplemented('If-Match');
  const deletion = store.transaction(() => deleteOne(exchange, { key, versionId: request.query.get('versionId') }));
  store.removeUnreferenced(contentIds(deletion.removed));
  sendEmpty(response, 204, {
    ...(deletion.versionId === undefined ? {} : { 'x-amz-version-id': deletion.versionId }),
    ...(deletion.deleteMarker ? { 'x-amz-delete-marker': 'true' } : {}),
  });
}

export interface Deletion {
  /** The version that was removed, or that of the delete marker that was put. */
  readonly versionId: string | undefined;
  /** Whether a delete marker was put or removed. */
  readonly deleteMarker: boolean;
  readonly removed: readonly ObjectVersion[];
}

/** Deleting what is not there is no error. @throws `InvalidArgument` for what cannot be the id of a version */
export function deleteOne(
  { store, bucket, now }: Pick<Exchange, 'store' | 'bucket' | 'now'>,
  { key, versionId }: { key: string; versionId: string | undefined },
): Deletion {
  const at = { bucket: bucket.name, key };
  if (versionId !== undefined) {
    checkVersionId(versionId);
    return removeVersion(store, { version: store.versions.get(at, versionId), versionId });
  }
  const { versioning } = bucket.settings;
  if (versioning === 'Unversioned') {
    return { ...removeVersion(store, { version: store.versions.latest(at), versionId: '' }), versionId: undefined };
  }
  const marker = store.versions.putDeleteMarker({ ...at, modifiedAtMs: now() }, versioning);
  return { versionId: marker.versionId, deleteMarker: true, removed: marker.replaced };
}

function removeVersion(
  store: Exchange['store'],
  { version, versionId }: { version: ObjectVersion | undefined; versionId: string },
): Deletion {
  if (version === undefined) return { versionId, deleteMarker: false, removed: [] };
  store.versions.remove(version);
  return { versionId, deleteMarker: version.kind === 'delete-marker', removed: [version] };
}
