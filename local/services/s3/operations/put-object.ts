import { consumeBody } from '../body/consume-body.ts';
import { sendEmpty } from '../protocol/respond.ts';
import { commitObject } from './commit-object.ts';
import type { Exchange } from './exchange.ts';
import { entityTag, requestedAttributes, writtenHeaders } from './object-headers.ts';

export async function putObject(exchange: Exchange): Promise<void> {
  const { request, response, store, bucket } = exchange;
  const requested = requestedAttributes(request, bucket);
  const { contentId, result: body } = await store.contents.store((sink) => consumeBody(request, sink));
  const attributes = { ...requested, checksum: body.checksum };
  const etag = entityTag(attributes, { md5Hex: body.md5.toString('hex'), contentId });
  const written = commitObject(exchange, { size: body.size, etag, contentId, attributes });
  sendEmpty(response, 200, writtenHeaders(written, bucket));
}
