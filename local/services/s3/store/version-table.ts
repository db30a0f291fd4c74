import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import {
  type NewDeleteMarker,
  type NewObject,
  NULL_VERSION,
  type ObjectVersion,
  type StoredObject,
  type Versioning,
} from './object-version.ts';
import { toVersion } from './version-row.ts';

export interface ObjectKey {
  readonly bucket: string;
  readonly key: string;
}

/** The versions of all objects. What a write replaces or removes is returned, so that its content can be removed too. */
export interface VersionTable {
  latest(of: ObjectKey): ObjectVersion | undefined;
  get(of: ObjectKey, versionId: string): ObjectVersion | undefined;
  putObject(object: NewObject, versioning: Versioning): { written: StoredObject; replaced: readonly ObjectVersion[] };
  putDeleteMarker(
    marker: NewDeleteMarker,
    versioning: Versioning,
  ): { versionId: string; replaced: readonly ObjectVersion[] };
  /** Removes one version; the newest of those that stay becomes the latest. */
  remove(version: ObjectVersion): void;
}

export function openVersionTable(database: DatabaseSync): VersionTable {
  const selectLatest = database.prepare('SELECT * FROM s3_versions WHERE bucket = ? AND key = ? AND latest = 1');
  const selectVersion = database.prepare('SELECT * FROM s3_versions WHERE bucket = ? AND key = ? AND version_id = ?');
  const supersede = database.prepare(
    'UPDATE s3_versions SET latest = 0, superseded_at_ms = ? WHERE bucket = ? AND key = ? AND latest = 1',
  );
  const insert = database.prepare(`
    INSERT INTO s3_versions (bucket, key, version_id, latest, delete_marker, size, etag, modified_at_ms, content_id, attributes)
    VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?)`);
  const deleteRow = database.prepare('DELETE FROM s3_versions WHERE seq = ?');
  const promote = database.prepare(`
    UPDATE s3_versions SET latest = 1, superseded_at_ms = NULL
    WHERE seq = (SELECT MAX(seq) FROM s3_versions WHERE bucket = ? AND key = ?)`);

  const get = ({ bucket, key }: ObjectKey, versionId: string) => found(selectVersion.get(bucket, key, versionId));

  /** Makes room for a new latest version: without versioning there is one `null` version, which is replaced. */
  function makeRoom(of: ObjectKey, { nowMs, versioning }: { nowMs: number; versioning: Versioning }) {
    const replaced = versioning === 'Enabled' ? undefined : get(of, NULL_VERSION);
    if (replaced !== undefined) deleteRow.run(replaced.seq);
    supersede.run(nowMs, of.bucket, of.key);
    const versionId = versioning === 'Enabled' ? newVersionId() : NULL_VERSION;
    return { versionId, replaced: replaced === undefined ? [] : [replaced] };
  }

  return {
    latest: ({ bucket, key }) => found(selectLatest.get(bucket, key)),
    get,
    putObject(object, versioning) {
      const { bucket, key, modifiedAtMs, size, etag, contentId, attributes } = object;
      const { versionId, replaced } = makeRoom(object, { nowMs: modifiedAtMs, versioning });
      const row = [bucket, key, versionId, 0, size, etag, modifiedAtMs, contentId, JSON.stringify(attributes)];
      const seq = Number(insert.run(...row).lastInsertRowid);
      return { written: { kind: 'object', ...object, seq, versionId, latest: true }, replaced };
    },
    putDeleteMarker({ bucket, key, modifiedAtMs }, versioning) {
      const { versionId, replaced } = makeRoom({ bucket, key }, { nowMs: modifiedAtMs, versioning });
      insert.run(bucket, key, versionId, 1, 0, '', modifiedAtMs, null, '{}');
      return { versionId, replaced };
    },
    remove({ seq, latest, bucket, key }) {
      deleteRow.run(seq);
      if (latest) promote.run(bucket, key);
    },
  };
}

const found = (row: Parameters<typeof toVersion>[0] | undefined) => (row === undefined ? undefined : toVersion(row));

/** 32 characters, as on S3, that need no encoding in a URL. */
const newVersionId = () => randomBytes(24).toString('base64url').replaceAll('-', '.');
