import * as z from 'zod';
import { readXmlBody } from '../body/read-xml-body.ts';
import { sendXml } from '../protocol/respond.ts';
import { headerNotImplemented, S3Error } from '../protocol/s3-error.ts';
import type { XmlElements } from '../protocol/xml.ts';
import { contentIds } from '../store/object-store.ts';
import { type Deletion, deleteOne } from './delete-object.ts';
import type { Exchange } from './exchange.ts';

const MAX_KEYS = 1000;

const text = z.tuple([z.string()]);
const condition = z.array(z.unknown()).optional();
const DeleteDocument = z.object({
  Object: z
    .array(
      z.object({
        Key: z.tuple([z.string().min(1)]),
        VersionId: text.optional(),
        ETag: condition,
        LastModifiedTime: condition,
        Size: condition,
      }),
    )
    .min(1)
    .max(MAX_KEYS),
  Quiet: text.optional(),
});
type Asked = z.infer<typeof DeleteDocument>['Object'][number];

export async function deleteObjects(exchange: Exchange): Promise<void> {
  const { request, response, store } = exchange;
  const { document, body } = await readXmlBody(request, { root: 'Delete', schema: DeleteDocument });
  // S3 deletes by nothing that could have been damaged on its way.
  if (body.checksum === undefined && request.header('content-md5') === undefined) {
    throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: Content-MD5' });
  }
  const results = store.transaction(() => document.Object.map((asked) => deleteAsked(exchange, asked)));
  store.removeUnreferenced(contentIds(results.flatMap(({ removed }) => removed)));
  const quiet = document.Quiet?.[0].trim().toLowerCase() === 'true';
  sendXml(response, 'DeleteResult', {
    content: {
      Deleted: quiet ? [] : results.flatMap(({ deleted }) => deleted ?? []),
      Error: results.flatMap(({ error }) => error ?? []),
    },
  });
}

interface Result {
  readonly removed: Deletion['removed'];
  readonly deleted?: XmlElements;
  readonly error?: XmlElements;
}

/** One that fails does not keep the others from being deleted. */
function deleteAsked(exchange: Exchange, asked: Asked): Result {
  const key = asked.Key[0];
  const versionId = asked.VersionId?.[0];
  try {
    if ((asked.ETag ?? asked.LastModifiedTime ?? asked.Size) !== undefined) throw headerNotImplemented('If-Match');
    const deletion = deleteOne(exchange, { key, versionId });
    const marker = deletion.deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: deletion.versionId } : {};
    return { removed: deletion.removed, deleted: { Key: key, VersionId: versionId, ...marker } };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { removed: [], error: { Key: key, VersionId: versionId, Code: error.code, Message: error.message } };
  }
}
