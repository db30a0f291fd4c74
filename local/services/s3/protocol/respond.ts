import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { S3Error } from './s3-error.ts';
import { type XmlValue, xmlDocument } from './xml.ts';

/** An answer without a body. */
export function sendEmpty(response: ServerResponse, status: number, headers: OutgoingHttpHeaders = {}): void {
  // 204 and 304 must not carry a length; for HEAD the length of the object is among `headers`.
  const length = status === 204 || status === 304 ? {} : { 'content-length': 0 };
  response.writeHead(status, withoutUndefined({ ...length, ...headers })).end();
}

export function sendXml(
  response: ServerResponse,
  root: string,
  { content, headers = {} }: { content: XmlValue; headers?: OutgoingHttpHeaders },
): void {
  sendText(response, 200, { text: xmlDocument(root, content), headers });
}

export function sendError(
  response: ServerResponse,
  error: S3Error,
  { method, path, requestId }: { method: string; path: string; requestId: string },
): void {
  const { code, message, fields, headers, status } = error;
  // An answer to HEAD has no body, so the SDK sees the status alone.
  if (method === 'HEAD') {
    sendEmpty(response, status, { ...headers, 'content-type': 'application/xml' });
    return;
  }
  const content = { Code: code, Message: message, ...fields, Resource: path, RequestId: requestId, HostId: requestId };
  sendText(response, status, { text: xmlDocument('Error', content, { namespace: null }), headers });
}

function sendText(
  response: ServerResponse,
  status: number,
  { text, headers }: { text: string; headers: OutgoingHttpHeaders },
): void {
  const length = Buffer.byteLength(text);
  response
    .writeHead(status, withoutUndefined({ 'content-type': 'application/xml', 'content-length': length, ...headers }))
    .end(text);
}

/** Node refuses a header whose value is undefined. */
export const withoutUndefined = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
