import { PlatformError } from '../../core/domain/errors.ts';
import { decodeString } from '../../core/domain/inference/tensor-bytes.ts';
import type { JsonValue } from '../../core/domain/json/parse-json.ts';

const BASE64 = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/;

/** The value with every `{"b64": "..."}` replaced by the string it stands for. @throws `request.invalid`, `infer.value_invalid` */
export function decodeBase64Values(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decodeBase64Values);
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'b64' && typeof first[1] === 'string') return decode(first[1]);
  // fromEntries defines properties, so that a key `__proto__` is a key like any other.
  return Object.fromEntries(entries.map(([key, inner]) => [key, decodeBase64Values(inner)]));
}

function decode(text: string): string {
  if (BASE64.test(text)) return decodeString(Buffer.from(text, 'base64'), { name: 'b64', index: 0 });
  const problem = 'a "b64" value is not base64';
  throw new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
}

/** Strings as TensorFlow Serving writes bytes. */
export const encodeBase64Value = (text: string): string => `{"b64":"${Buffer.from(text).toString('base64')}"}`;
