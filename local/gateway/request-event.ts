import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

/** What is the same for all requests of one API and stage. */
export interface EventSource {
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>> | undefined;
}

export interface RequestParts {
  readonly method: string;
  /** Decoded, with the stage's segment where the stage has a name: HTTP APIs hand on the decoded path. */
  readonly path: string;
  readonly rawQueryString: string;
  readonly body: Buffer;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
  readonly authorizer: Record<string, unknown> | undefined;
  readonly requestId: string;
  /** Stands where the client sent none. */
  readonly traceId: string;
  readonly timeEpochMs: number;
  /** The same time, as an access log writes it. */
  readonly time: string;
}

/** An event whose body travels beside it: it is put into its place where the event is parsed. */
export interface RequestEvent {
  /** JSON, with an empty body where there is one. */
  readonly payload: string;
  readonly body?: { readonly bytes: Buffer; readonly encoding: 'utf8' | 'base64' };
}

/** The event of payload format 2.0. */
export function requestEvent(request: IncomingMessage, source: EventSource, parts: RequestParts): RequestEvent {
  const { headers, cookies } = readHeaders(request);
  const sourceIp = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const forwardedFor = headers['x-forwarded-for'];
  const domainName = headers['host'] ?? '';
  headers['x-forwarded-for'] = forwardedFor === undefined ? sourceIp : `${forwardedFor}, ${sourceIp}`;
  headers['x-forwarded-port'] = String(request.socket.localPort ?? '');
  headers['x-forwarded-proto'] = 'http';
  headers['x-amzn-trace-id'] ??= parts.traceId;
  const isText = isTextType(headers['content-type']) && isPlainText(parts.body, headers['content-encoding']);
  const hasBody = parts.body.length > 0;
  const payload = JSON.stringify({
    version: '2.0',
    routeKey: parts.routeKey,
    rawPath: parts.path,
    rawQueryString: parts.rawQueryString,
    cookies,
    headers,
    queryStringParameters: queryParameters(parts.rawQueryString),
    requestContext: {
      accountId: source.accountId,
      apiId: source.apiId,
      authorizer: parts.authorizer,
      domainName,
      domainPrefix: source.apiId,
      http: {
        method: parts.method,
        path: parts.path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: parts.requestId,
      routeKey: parts.routeKey,
      stage: source.stage,
      time: parts.time,
      timeEpoch: parts.timeEpochMs,
    },
    pathParameters: parts.pathParameters,
    stageVariables: source.stageVariables,
    body: hasBody ? '' : undefined,
    isBase64Encoded: hasBody && !isText,
  });
  return hasBody ? { payload, body: { bytes: parts.body, encoding: isText ? 'utf8' : 'base64' } } : { payload };
}

/** Bytes of the event as Lambda counts them, with the body in its place. */
export function eventBytes({ payload, body }: RequestEvent): number {
  const bytes = Buffer.byteLength(payload);
  if (body === undefined) return bytes;
  if (body.encoding === 'base64') return bytes + Math.ceil(body.bytes.length / 3) * 4;
  return bytes + Buffer.byteLength(JSON.stringify(body.bytes.toString())) - EMPTY_STRING_BYTES;
}

const EMPTY_STRING_BYTES = 2;

// They speak of the connection, not of the request, and end at API Gateway.
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function readHeaders(request: IncomingMessage): { headers: Record<string, string>; cookies: string[] | undefined } {
  const headers = emptyRecord();
  let cookies: string[] | undefined;
  const raw = request.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = raw[index + 1] as string;
    if (name === 'cookie') {
      cookies = [...(cookies ?? []), ...value.split(/; */).filter((cookie) => cookie !== '')];
    } else if (!HOP_BY_HOP.has(name)) {
      const before = headers[name];
      headers[name] = before === undefined ? value : `${before},${value}`;
    }
  }
  return { headers, cookies };
}

/** Without a prototype: `constructor` and `__proto__` are names like any other. */
const emptyRecord = (): Record<string, string> => Object.create(null);

const TEXT_TYPES = new Set(['application/json', 'application/xml', 'application/javascript']);

/** Measured on AWS: text is `text/*` and these three; all else is base64, no content type and form-urlencoded included. */
function isTextType(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  const end = contentType.indexOf(';');
  const type = (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return TEXT_TYPES.has(type) || type.startsWith('text/');
}

/** Compressed bytes and text in another encoding survive as base64 only; which form AWS gives them is not documented. */
const isPlainText = (body: Buffer, contentEncoding: string | undefined): boolean =>
  contentEncoding === undefined && isUtf8(body);

function queryParameters(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === '') return undefined;
  const parameters = emptyRecord();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = parameters[name];
    parameters[name] = before === undefined ? value : `${before},${value}`;
  }
  return parameters;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `10/Apr/2022:13:30:05 +0000` */
function commonLogTime(epochMs: number): string {
  const iso = new Date(epochMs).toISOString();
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** The time as an event has it; all requests of one second share the text. */
export function createCommonLogTime(): (epochMs: number) => string {
  let second = Number.NaN;
  let text = '';
  return (epochMs) => {
    if (Math.floor(epochMs / 1000) !== second) {
      second = Math.floor(epochMs / 1000);
      text = commonLogTime(epochMs);
    }
    return text;
  };
}
