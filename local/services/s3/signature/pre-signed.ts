import { timingSafeEqual } from 'node:crypto';
import { S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { querySignature } from './canonical-request.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const PARAMETERS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
];
const MAX_EXPIRES_S = 604_800;
// S3 takes a signature from a clock that runs ahead by up to this much.
const MAX_SKEW_MS = 15 * 60_000;

/** @throws the error that S3 gives for a pre-signed request that is incomplete, out of its time, by another key or changed */
export function checkPreSigned(
  request: S3Request,
  { credentials, nowMs }: { credentials: Credentials; nowMs: number },
): void {
  if (PARAMETERS.some((name) => !request.query.has(name))) {
    throw parameterError(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  }
  const { amzDate, expiresS } = checkTime(request, nowMs);
  const { accessKeyId, region, service } = credentialOf(request, amzDate);
  if (accessKeyId !== credentials.accessKeyId) {
    throw new S3Error('InvalidAccessKeyId', { fields: { AWSAccessKeyId: accessKeyId } });
  }
  const signedHeaders = parameter(request, 'X-Amz-SignedHeaders').split(';');
  checkSignedHeaders(request, signedHeaders);
  const expected = querySignature(request, {
    secretAccessKey: credentials.secretAccessKey,
    amzDate,
    region,
    service,
    signedHeaders,
  });
  if (!sameText(expected, parameter(request, 'X-Amz-Signature'))) {
    throw new S3Error('SignatureDoesNotMatch', { fields: { AWSAccessKeyId: accessKeyId } });
  }
  checkNotExpired({ signedAtMs: parseAmzDate(amzDate) ?? 0, expiresS, nowMs });
}

function checkTime(request: S3Request, nowMs: number): { amzDate: string; expiresS: number } {
  if (parameter(request, 'X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') {
    throw parameterError('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  }
  const amzDate = parameter(request, 'X-Amz-Date');
  const signedAtMs = parseAmzDate(amzDate);
  if (signedAtMs === undefined) {
    throw parameterError("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  const expiresS = Number(parameter(request, 'X-Amz-Expires'));
  if (!Number.isInteger(expiresS)) throw parameterError('X-Amz-Expires should be a number');
  if (expiresS < 0) throw parameterError('X-Amz-Expires must be non-negative');
  if (expiresS > MAX_EXPIRES_S) {
    throw parameterError(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${MAX_EXPIRES_S} seconds`,
    );
  }
  if (signedAtMs > nowMs + MAX_SKEW_MS) throw new S3Error('AccessDenied', { message: 'Request is not yet valid' });
  return { amzDate, expiresS };
}

function checkNotExpired({
  signedAtMs,
  expiresS,
  nowMs,
}: {
  signedAtMs: number;
  expiresS: number;
  nowMs: number;
}): void {
  const expiresAtMs = signedAtMs + expiresS * 1000;
  if (nowMs < expiresAtMs) return;
  throw new S3Error('AccessDenied', {
    message: 'Request has expired',
    fields: {
      'X-Amz-Expires': String(expiresS),
      Expires: new Date(expiresAtMs).toISOString(),
      ServerTime: new Date(nowMs).toISOString(),
    },
  });
}

function credentialOf(request: S3Request, amzDate: string): { accessKeyId: string; region: string; service: string } {
  const parts = parameter(request, 'X-Amz-Credential').split('/');
  const [terminator, service, region, day] = parts.reverse();
  const accessKeyId = parts.slice(4).reverse().join('/');
  if (terminator !== 'aws4_request' || service !== 's3' || region === undefined || day !== amzDate.slice(0, 8)) {
    throw parameterError(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/s3/aws4_request".',
    );
  }
  return { accessKeyId, region, service };
}

/** Whoever holds the URL must not add what the signer did not allow. */
function checkSignedHeaders(request: S3Request, signedHeaders: readonly string[]): void {
  const unsigned = Object.keys(request.incoming.headers).filter(
    (name) =>
      (name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !signedHeaders.includes(name)) ||
      (name === 'host' && !signedHeaders.includes(name)),
  );
  if (unsigned.length === 0) return;
  throw new S3Error('AccessDenied', {
    message: 'There were headers present in the request which were not signed',
    fields: { HeadersNotSigned: unsigned.join(', ') },
  });
}

function parseAmzDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const parameter = (request: S3Request, name: string) => request.query.get(name) ?? '';
const parameterError = (message: string) => new S3Error('AuthorizationQueryParametersError', { message });
