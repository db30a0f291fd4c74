import { createHash, createHmac } from 'node:crypto';
import type { S3Request } from '../protocol/s3-request.ts';

/** What a signature is made of, beside the request itself. */
export interface SigningScope {
  readonly secretAccessKey: string;
  /** `yyyymmddThhmmssZ` */
  readonly amzDate: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
}

/** AWS Signature Version 4 of a request whose signature travels in its query, in hex. */
export function querySignature(request: S3Request, scope: SigningScope): string {
  const day = scope.amzDate.slice(0, 8);
  const credentialScope = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const digest = createHash('sha256').update(canonicalRequest(request, scope.signedHeaders)).digest('hex');
  const stringToSign = ['AWS4-HMAC-SHA256', scope.amzDate, credentialScope, digest].join('\n');
  const key = [day, scope.region, scope.service, 'aws4_request'].reduce<Buffer | string>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${scope.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(stringToSign).digest('hex');
}

function canonicalRequest(request: S3Request, signedHeaders: readonly string[]): string {
  const headers = signedHeaders.map((name) => `${name}:${canonicalValue(sentHeader(request, name))}\n`).join('');
  return [
    request.method,
    // S3 alone signs the path encoded once, and without resolving dots.
    request.path.split('/').map(canonicalSegment).join('/'),
    canonicalQuery(request.query),
    headers,
    signedHeaders.join(';'),
    sentHeader(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

function canonicalQuery(query: ReadonlyMap<string, string>): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .sort()
    .join('&');
}

function sentHeader({ incoming }: S3Request, name: string): string | undefined {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

const canonicalValue = (value = '') => value.trim().replace(/ +/g, ' ');
const canonicalSegment = (segment: string) => uriEncode(decodeURIComponent(segment));

/** RFC 3986, which leaves fewer characters alone than `encodeURIComponent`. */
const uriEncode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
