import { PlatformError } from '../errors.ts';
import type { JsonValue } from '../json/parse-json.ts';
import { decodeString } from './tensor-bytes.ts';

const BASE64 = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/;

/** Bytes of a text in base64, of either alphabet, with padding or without. */
export type FromBase64 = (text: string) => Uint8Array;

/** What every JavaScript engine has. A runtime of its own may know a faster way. */
export const fromBase64: FromBase64 = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

/** The value with every `{"b64": "..."}` replaced by the string it stands for. @throws `request.invalid`, `infer.value_invalid` */
export function decodeBase64Values(value: JsonValue, decode: FromBase64 = fromBase64): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => decodeBase64Values(inner, decode));
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'b64' && typeof first[1] === 'string') return textOf(first[1], decode);
  // fromEntries defines properties, so that a key `__proto__` is a key like any other.
  return Object.fromEntries(entries.map(([key, inner]) => [key, decodeBase64Values(inner, decode)]));
}

function textOf(text: string, decode: FromBase64): string {
  if (BASE64.test(text)) return decodeString(decode(text), { name: 'b64', index: 0 });
  const problem = 'a "b64" value is not base64';
  throw new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
}
