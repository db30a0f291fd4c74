import { sendEmpty } from '../protocol/respond.ts';
import { contentIds } from '../store/object-store.ts';
import type { Exchange } from './exchange.ts';
import { findUpload } from './find-upload.ts';

export function abortMultipartUpload(exchange: Exchange): void {
  const { response, store } = exchange;
  const { uploadId } = findUpload(exchange);
  const parts = store.transaction(() => store.uploads.remove(uploadId));
  store.removeUnreferenced(contentIds(parts));
  sendEmpty(response, 204);
}
