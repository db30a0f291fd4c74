/** What the client gets. */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer | string;
}

// The server writes these itself; what a function says of them is ignored, as on AWS.
const OWN_HEADERS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);
const JSON_TYPE = 'application/json';
const DEFAULT_TYPE = 'text/plain;charset=UTF-8';

/**
 * Reads a function's answer by payload format 2.0.
 *
 * @param answer.body the body of the answer where it came by itself, as the client gets it
 * @returns undefined for one that API Gateway answers with 500
 */
export function readFunctionResponse(answer: { payload: Buffer; body?: Buffer }): GatewayResponse | undefined {
  const text = answer.payload.toString('utf8');
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('statusCode' in value)) {
    const body = typeof value === 'string' ? value : text;
    return { statusCode: 200, headers: { 'content-type': JSON_TYPE }, body };
  }
  return readProxyResponse(value as Record<string, unknown>, answer.body);
}

function readProxyResponse(value: Record<string, unknown>, bytes: Buffer | undefined): GatewayResponse | undefined {
  const statusCode = Number(value['statusCode']);
  const body = value['body'] ?? '';
  const headers = readHeaders(value['headers'] ?? {});
  const cookies = value['cookies'] ?? [];
  const wellFormed =
    Number.isInteger(statusCode) &&
    statusCode >= 200 &&
    statusCode <= 599 &&
    typeof body === 'string' &&
    headers !== undefined &&
    Array.isArray(cookies);
  if (!wellFormed) return undefined;
  if (cookies.length > 0) headers['set-cookie'] = cookies.map(String);
  headers['content-type'] ??= DEFAULT_TYPE;
  if (bytes !== undefined) return { statusCode, headers, body: bytes };
  return { statusCode, headers, body: value['isBase64Encoded'] === true ? Buffer.from(body, 'base64') : body };
}

function readHeaders(value: unknown): Record<string, string | string[]> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const headers: Record<string, string | string[]> = {};
  for (const [name, content] of Object.entries(value)) {
    const lower = name.toLowerCase();
    if (typeof content === 'object' && content !== null) return undefined;
    if (content !== null && !OWN_HEADERS.has(lower)) headers[lower] = String(content);
  }
  return headers;
}
