import type { SQLOutputValue } from 'node:sqlite';
import type { ObjectAttributes, ObjectVersion } from './object-version.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A row of `s3_versions` as the service sees it. */
export function toVersion(row: Row): ObjectVersion {
  const common = {
    seq: Number(row['seq']),
    bucket: String(row['bucket']),
    key: String(row['key']),
    versionId: String(row['version_id']),
    latest: row['latest'] === 1,
    modifiedAtMs: Number(row['modified_at_ms']),
  };
  if (row['delete_marker'] === 1) return { kind: 'delete-marker', ...common };
  return {
    kind: 'object',
    ...common,
    size: Number(row['size']),
    etag: String(row['etag']),
    contentId: String(row['content_id']),
    attributes: JSON.parse(String(row['attributes'])) as ObjectAttributes,
  };
}
