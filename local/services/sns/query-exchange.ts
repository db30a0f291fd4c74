import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AwsError } from '../rpc/aws-error.ts';
import { readBytes } from '../rpc/read-request.ts';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** Reads one request in AWS's query protocol. */
export async function readQuery(request: IncomingMessage): Promise<URLSearchParams> {
  const parameters = new URL(request.url ?? '/', 'http://sns').searchParams;
  const body = new URLSearchParams((await readBytes(request)).toString('utf8'));
  for (const [name, value] of body) parameters.append(name, value);
  return parameters;
}

/** A map in the query protocol: `{name}.entry.1.key` and `.value`. */
export function readMap(
  parameters: URLSearchParams,
  name: string,
  [keyName, valueName]: readonly [string, string] = ['key', 'value'],
): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (let index = 1; ; index += 1) {
    const key = parameters.get(`${name}.entry.${index}.${keyName}`);
    if (key === null) return entries;
    entries.set(key, parameters.get(`${name}.entry.${index}.${valueName}`) ?? '');
  }
}

const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // What XML 1.0 cannot hold at all.
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');

/** A value as XML: lists are of members. */
export function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join('');
  if (value instanceof Map) {
    return [...value]
      .map(([key, item]) => `<entry><key>${escapeXml(String(key))}</key><value>${toXml(item)}</value></entry>`)
      .join('');
  }
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, item]) => `<${name}>${toXml(item)}</${name}>`)
    .join('');
}

export function sendQueryAnswer(response: ServerResponse, operation: string, result: object): void {
  const requestId = randomUUID();
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const body = `<${operation}Result>${toXml(result)}</${operation}Result>${metadata}`;
  send(response, 200, `<${operation}Response xmlns="${NAMESPACE}">${body}</${operation}Response>`);
}

export function sendQueryError(response: ServerResponse, { type, message, statusCode }: AwsError): void {
  const error = `<Error><Type>Sender</Type><Code>${type}</Code><Message>${escapeXml(message)}</Message></Error>`;
  send(
    response,
    statusCode,
    `<ErrorResponse xmlns="${NAMESPACE}">${error}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );
}

function send(response: ServerResponse, statusCode: number, text: string): void {
  const bytes = Buffer.from(text);
  response.writeHead(statusCode, { 'content-type': 'text/xml', 'content-length': bytes.length });
  response.end(bytes);
}
