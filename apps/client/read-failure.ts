import { ApiFailure } from './api-failure.ts';

/** Longest text of an answer that is not one of ours, such as a proxy's HTML page. */
const FOREIGN_TEXT_CHARACTERS = 300;

/** An error answer of the API, of API Gateway in front of it, of the SageMaker route, or of S3. */
export function readFailure(response: Response, body: string): ApiFailure {
  const { message, code, details } = parse(response, body);
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
  return new ApiFailure(message, {
    status: response.status,
    code,
    details,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function parse(response: Response, body: string): { message: string; code: string; details: unknown } {
  const fields = parseFields(body);
  // Keelson's own shape, SageMaker's runtime, API Gateway: each says it with another word.
  const message =
    text(fields['error']) ?? text(fields['Message']) ?? text(fields['message']) ?? parseXml(body, 'Message');
  const code =
    text(fields['code']) ??
    response.headers.get('x-amzn-errortype')?.split(':', 1)[0] ??
    parseXml(body, 'Code') ??
    `http.${response.status}`;
  const foreign = body.trim().slice(0, FOREIGN_TEXT_CHARACTERS);
  return {
    code,
    details: fields['details'],
    message: message ?? (foreign === '' ? response.statusText || `HTTP status ${response.status}` : foreign),
  };
}

function parseFields(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    // Not JSON: S3 answers XML, and what stands in between may answer anything.
    return {};
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const parseXml = (body: string, tag: string): string | undefined =>
  text(new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(body)?.[1]);

function readRetryAfter(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return seconds >= 0 ? seconds * 1000 : undefined;
}
