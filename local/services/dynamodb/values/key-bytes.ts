import type { AttributeValue } from './attribute-value.ts';
import { type Decimal, parseDecimal } from './decimal.ts';

const ZERO_BYTE = 0x80;
const POSITIVE_BYTE = 0x81;
const NEGATIVE_BYTE = 0x7f;
const MAGNITUDE_BIAS = 130;

/** Bytes that SQLite's memcmp orders as DynamoDB orders keys: strings by UTF-8, numbers by value, binaries by byte. */
export function keyBytes(value: AttributeValue): Buffer {
  if ('S' in value) return Buffer.from(value.S, 'utf8');
  if ('N' in value) return decimalKeyBytes(parseDecimal(value.N));
  if ('B' in value) return Buffer.from(value.B, 'base64');
  throw new TypeError('only strings, numbers and binaries can be keys');
}

/**
 * Order-preserving: sign, then the magnitude (-130 … 125 fits one byte exactly), then the digits. Fewer digits sort first, which is right
 * because trailing zeros are gone. A negative number is the complement of its absolute value, closed by 0xff so that fewer digits sort last.
 */
export function decimalKeyBytes({ negative, digits, magnitude }: Decimal): Buffer {
  if (digits === '') return Buffer.of(ZERO_BYTE);
  const absolute = Buffer.concat([Buffer.of(magnitude + MAGNITUDE_BIAS), Buffer.from(digits, 'latin1')]);
  if (!negative) return Buffer.concat([Buffer.of(POSITIVE_BYTE), absolute]);
  return Buffer.concat([Buffer.of(NEGATIVE_BYTE), absolute.map((byte) => 0xff - byte), Buffer.of(0xff)]);
}

/** The smallest bytes above every key that begins with `prefix`; undefined when there are none. */
export function bytesAfterPrefix(prefix: Buffer): Buffer | undefined {
  const end = prefix.findLastIndex((byte) => byte !== 0xff);
  if (end === -1) return undefined;
  const after = Buffer.from(prefix.subarray(0, end + 1));
  after[end] = (after[end] ?? 0) + 1;
  return after;
}
