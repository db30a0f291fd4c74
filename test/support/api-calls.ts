import { createHash } from 'node:crypto';

/** The control API as plain calls, for tests that look at it from outside. */

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function call<T>(url: string, method: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

export const getJson = <T>(url: string): Promise<T> => call<T>(url, 'GET');
export const postJson = <T>(url: string, body: unknown): Promise<T> => call<T>(url, 'POST', body);

/** Uploads and registers. @returns the version's number, once the platform has answered it */
export async function register(base: string, service: string, bytes: Uint8Array): Promise<number> {
  const api = `${base}/api/services/${service}`;
  const upload = await postJson<{ uploadId: string; url: string }>(`${api}/uploads`, {});
  const put = await fetch(upload.url, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
  if (!put.ok) throw new Error(`PUT: ${put.status} ${await put.text()}`);
  const request = { sha256: sha256(bytes), uploadId: upload.uploadId };
  return (await postJson<{ version: number }>(`${api}/versions`, request)).version;
}
