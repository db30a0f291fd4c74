import { contentIds } from '../store/object-store.ts';
import type { NewObject, StoredObject } from '../store/object-version.ts';
import type { Exchange } from './exchange.ts';
import { checkWriteConditions } from './preconditions.ts';

type Content = Pick<NewObject, 'size' | 'etag' | 'contentId' | 'attributes'>;

/**
 * Makes an object visible whose content is on disk, if the request's conditions hold at this moment, and tells of it. Who is killed
 * in between has not answered, so the writer asks again.
 *
 * @param also what else is written in the same step
 */
export function commitObject(
  exchange: Exchange,
  object: Content,
  also: () => readonly string[] = () => [],
): StoredObject {
  const written = write(exchange, object, also);
  exchange.onCreated(written);
  return written;
}

/** Check and write are one step, so that of many conditional writes exactly one wins. */
function write(
  { request, store, bucket, key, now }: Exchange,
  object: Content,
  also: () => readonly string[],
): StoredObject {
  try {
    const { written, released } = store.transaction(() => {
      checkWriteConditions(request, store.versions.latest({ bucket: bucket.name, key }));
      const next = { ...object, bucket: bucket.name, key, modifiedAtMs: now() };
      const { written, replaced } = store.versions.putObject(next, bucket.settings.versioning);
      return { written, released: [...contentIds(replaced), ...also()] };
    });
    store.removeUnreferenced(released);
    return written;
  } catch (error) {
    store.removeUnreferenced([object.contentId]);
    throw error;
  }
}
