import type { IncomingMessage } from 'node:http';
import { headerText } from './header-text.ts';
import { S3Error } from './s3-error.ts';

const MAX_KEY_BYTES = 1024;

/** One request in S3's terms. */
export interface S3Request {
  readonly method: string;
  /** As it was sent, still encoded: signatures are over this. */
  readonly path: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  /** A header by its lower-case name; in a pre-signed request also what was moved into the query. */
  header(name: string): string | undefined;
  readonly headerNames: readonly string[];
  readonly incoming: IncomingMessage;
}

/** @throws `InvalidURI` or `KeyTooLongError` */
export function parseS3Request(incoming: IncomingMessage): S3Request {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  // No URL class here: it would resolve `..` segments, which are part of a key like any other.
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = parseQuery(mark === -1 ? '' : url.slice(mark + 1));
  const headers = new Map([...hoistedHeaders(query), ...sentHeaders(incoming)]);
  return {
    method: incoming.method ?? 'GET',
    path,
    ...splitPath(path),
    query,
    header: (name) => headers.get(name),
    headerNames: [...headers.keys()],
    incoming,
  };
}

function splitPath(path: string): { bucket: string | undefined; key: string | undefined } {
  const slash = path.indexOf('/', 1);
  const bucket = decode(slash === -1 ? path.slice(1) : path.slice(1, slash));
  const key = slash === -1 ? '' : decode(path.slice(slash + 1));
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', {
      fields: { Size: String(Buffer.byteLength(key)), MaxSizeAllowed: String(MAX_KEY_BYTES) },
    });
  }
  return { bucket: bucket === '' ? undefined : bucket, key: key === '' ? undefined : key };
}

function parseQuery(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('&').filter((pair) => pair !== '');
  return new Map(pairs.map((pair) => parsePair(pair.replaceAll('+', ' '))));
}

function parsePair(pair: string): [name: string, value: string] {
  const equals = pair.indexOf('=');
  return equals === -1 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', { fields: { URI: text } });
  }
}

function* sentHeaders({ headers }: IncomingMessage): Generator<[string, string]> {
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) yield [name, Array.isArray(value) ? value.join(',') : value];
  }
}

// Signers move headers into the query, and S3 reads them there, except for checksums: at signing time there is no body, so that the
// SDK's value there is of an empty one, and S3 ignores it (aws/aws-sdk#480).
const NOT_HOISTED =
  /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256|sdk-checksum-algorithm|checksum-.*)$/;

function* hoistedHeaders(query: ReadonlyMap<string, string>): Generator<[string, string]> {
  if (!query.has('X-Amz-Signature')) return;
  for (const [name, value] of query) {
    const header = name.toLowerCase();
    if (/^x-amz-[\w.-]+$/.test(header) && !NOT_HOISTED.test(header)) yield [header, headerText(name, value)];
  }
}
