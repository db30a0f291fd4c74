import type { HttpEvent } from './http.ts';

/** The media type of a `content-type` or `accept` header without parameters, in lower case; empty where there is none. */
export const mediaType = (header: string | undefined): string =>
  (header ?? '').split(/[;,]/, 1)[0]?.trim().toLowerCase() ?? '';

/** What JSON comes as: also what `curl -d` and clients that set no type send. */
const JSON_TYPES = new Set(['', 'application/json', 'application/x-www-form-urlencoded', 'application/octet-stream']);

export const isJson = (event: HttpEvent): boolean => {
  const type = mediaType(event.headers['content-type']);
  return JSON_TYPES.has(type) || type.endsWith('+json');
};
