import type * as z from 'zod';
import { parseXml } from '../protocol/parse-xml.ts';
import { S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { type ConsumedBody, consumeBody } from './consume-body.ts';

// 10 000 parts or 1000 keys of 1024 characters, all escaped, stay below this.
const MAX_XML_BYTES = 8 * 1024 ** 2;

/**
 * Reads a request's XML document by a schema, in which every element is a list.
 *
 * @throws `MalformedXML` for anything the schema does not take
 */
export async function readXmlBody<S extends z.ZodType>(
  request: S3Request,
  { root, schema }: { root: string; schema: S },
): Promise<{ document: z.infer<S>; body: ConsumedBody }> {
  const pieces: Buffer[] = [];
  let size = 0;
  const body = await consumeBody(request, (bytes) => {
    size += bytes.length;
    if (size > MAX_XML_BYTES) throw new S3Error('MaxMessageLengthExceeded');
    pieces.push(bytes);
  });
  const parsed = schema.safeParse(parseXml(Buffer.concat(pieces).toString('utf8'), root));
  if (!parsed.success) throw new S3Error('MalformedXML');
  return { document: parsed.data, body };
}
