import { S3Error } from '../protocol/s3-error.ts';
import type { Upload } from '../store/upload-table.ts';
import type { Exchange } from './exchange.ts';

/** The multipart upload that a request is about. @throws `NoSuchUpload` */
export function findUpload({ request, store, bucket, key }: Exchange): Upload {
  const uploadId = request.query.get('uploadId') ?? '';
  const upload = store.uploads.get(uploadId);
  if (upload !== undefined && upload.bucket === bucket.name && upload.key === key) return upload;
  throw new S3Error('NoSuchUpload', { fields: { UploadId: uploadId } });
}
