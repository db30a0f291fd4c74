import type { DatabaseSync } from 'node:sqlite';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../body/checksums.ts';
import type { ObjectAttributes } from './object-version.ts';
import type { Row } from './version-row.ts';

/** A multipart upload that was neither completed nor aborted. */
export interface Upload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAtMs: number;
  /** What the object will have. */
  readonly attributes: ObjectAttributes;
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType } | undefined;
}

export interface Part {
  readonly number: number;
  readonly size: number;
  /** The MD5 of the content in hex, whatever the encryption: that of the whole is made of it. */
  readonly etag: string;
  readonly checksum: Checksum | undefined;
  readonly modifiedAtMs: number;
  readonly contentId: string;
}

export interface UploadTable {
  get(uploadId: string): Upload | undefined;
  put(upload: Upload): void;
  /** Ordered by number. */
  parts(uploadId: string): readonly Part[];
  /** Adds a part or takes the place of one with the same number, which is returned. */
  putPart(uploadId: string, part: Part): Part | undefined;
  /** Removes an upload and its parts, which are returned. */
  remove(uploadId: string): readonly Part[];
}

export function openUploadTable(database: DatabaseSync): UploadTable {
  const select = database.prepare('SELECT * FROM s3_uploads WHERE upload_id = ?');
  const insert = database.prepare('INSERT INTO s3_uploads VALUES (?, ?, ?, ?, ?)');
  const selectParts = database.prepare('SELECT * FROM s3_parts WHERE upload_id = ? ORDER BY number');
  const selectPart = database.prepare('SELECT * FROM s3_parts WHERE upload_id = ? AND number = ?');
  const replacePart = database.prepare('INSERT OR REPLACE INTO s3_parts VALUES (?, ?, ?, ?, ?, ?, ?)');
  const deleteParts = database.prepare('DELETE FROM s3_parts WHERE upload_id = ?');
  const deleteUpload = database.prepare('DELETE FROM s3_uploads WHERE upload_id = ?');
  const parts = (uploadId: string) => selectParts.all(uploadId).map(toPart);
  return {
    get(uploadId) {
      const row = select.get(uploadId);
      return row === undefined ? undefined : toUpload(row);
    },
    put({ uploadId, bucket, key, initiatedAtMs, attributes, checksum }) {
      insert.run(uploadId, bucket, key, initiatedAtMs, JSON.stringify({ attributes, checksum }));
    },
    parts,
    putPart(uploadId, { number, size, etag, checksum, modifiedAtMs, contentId }) {
      const replaced = selectPart.get(uploadId, number);
      const checksumText = checksum === undefined ? null : JSON.stringify(checksum);
      replacePart.run(uploadId, number, size, etag, checksumText, modifiedAtMs, contentId);
      return replaced === undefined ? undefined : toPart(replaced);
    },
    remove(uploadId) {
      const removed = parts(uploadId);
      deleteParts.run(uploadId);
      deleteUpload.run(uploadId);
      return removed;
    },
  };
}

function toUpload(row: Row): Upload {
  return {
    uploadId: String(row['upload_id']),
    bucket: String(row['bucket']),
    key: String(row['key']),
    initiatedAtMs: Number(row['initiated_at_ms']),
    ...uploadAttributes(String(row['attributes'])),
  };
}

/** JSON leaves out what is undefined. */
function uploadAttributes(text: string): Pick<Upload, 'attributes' | 'checksum'> {
  const { attributes, checksum } = JSON.parse(text) as Pick<Upload, 'attributes'> & Partial<Upload>;
  return { attributes, checksum };
}

function toPart(row: Row): Part {
  const checksum = row['checksum'];
  return {
    number: Number(row['number']),
    size: Number(row['size']),
    etag: String(row['etag']),
    checksum: typeof checksum === 'string' ? (JSON.parse(checksum) as Checksum) : undefined,
    modifiedAtMs: Number(row['modified_at_ms']),
    contentId: String(row['content_id']),
  };
}
