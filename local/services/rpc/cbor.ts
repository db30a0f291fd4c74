import { serializationError } from './aws-error.ts';

const TAG_EPOCH_SECONDS = 1;
const INDEFINITE = 31;
const BREAK = 0xff;
const DEPTH_LIMIT = 64;

/** Writes a value as CBOR (RFC 8949), as far as Smithy's RPC v2 needs it: a date is epoch seconds under tag 1; absent members are left out. */
export function encodeCbor(value: unknown): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: unknown, parts: Buffer[]): void {
  if (value === null || value === undefined) parts.push(Buffer.of(0xf6));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xf5 : 0xf4));
  else if (typeof value === 'number') writeNumber(value, parts);
  else if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    parts.push(head(3, bytes.length), bytes);
  } else if (value instanceof Date) {
    parts.push(head(6, TAG_EPOCH_SECONDS), float(value.getTime() / 1000));
  } else if (value instanceof Uint8Array) {
    parts.push(head(2, value.length), Buffer.from(value));
  } else if (Array.isArray(value)) {
    parts.push(head(4, value.length));
    for (const item of value) write(item, parts);
  } else {
    const entries = Object.entries(value as object).filter(([, item]) => item !== undefined);
    parts.push(head(5, entries.length));
    for (const [name, item] of entries) {
      write(name, parts);
      write(item, parts);
    }
  }
}

function writeNumber(value: number, parts: Buffer[]): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) parts.push(float(value));
  else parts.push(value >= 0 ? head(0, value) : head(1, -1 - value));
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(0xfb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function head(major: number, argument: number): Buffer {
  const first = major << 5;
  if (argument < 24) return Buffer.of(first | argument);
  if (argument < 0x100) return Buffer.of(first | 24, argument);
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(first | 27);
  bytes.writeBigUInt64BE(BigInt(argument), 1);
  return bytes;
}

/** Reads one CBOR value; an epoch time becomes a date. @throws SerializationException for anything else than exactly one value */
export function decodeCbor(bytes: Buffer): unknown {
  const reader = createReader(bytes);
  try {
    const value = reader.value(0);
    if (reader.isAtEnd()) return value;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw serializationError(`the request is not CBOR: ${cause.message}`);
  }
  throw serializationError('the request is not CBOR: something follows the value');
}

function createReader(bytes: Buffer) {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('it ends too early');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const argument = (info: number): number => {
    if (info < 24) return info;
    if (info === 24) return take(1).readUInt8();
    if (info === 25) return take(2).readUInt16BE();
    if (info === 26) return take(4).readUInt32BE();
    if (info === 27) return Number(take(8).readBigUInt64BE());
    throw new RangeError(`the additional information ${info} means nothing here`);
  };
  const isBreak = (): boolean => {
    if (bytes[at] !== BREAK) return false;
    at += 1;
    return true;
  };
  /** Calls `item` as often as the head says, or until the break of an indefinite length. */
  const repeat = (info: number, item: () => void): void => {
    if (info === INDEFINITE) while (!isBreak()) item();
    else for (let left = argument(info); left > 0; left -= 1) item();
  };
  const chunks = (info: number, depth: number): Buffer => {
    if (info !== INDEFINITE) return take(argument(info));
    const parts: Buffer[] = [];
    repeat(info, () => parts.push(Buffer.from(value(depth + 1) as string)));
    return Buffer.concat(parts);
  };
  const value = (depth: number): unknown => {
    if (depth > DEPTH_LIMIT) throw new RangeError(`it is deeper than ${DEPTH_LIMIT}`);
    const first = take(1).readUInt8();
    const info = first & 31;
    switch (first >> 5) {
      case 0:
        return argument(info);
      case 1:
        return -1 - argument(info);
      case 2:
        return Buffer.from(chunks(info, depth));
      case 3:
        return chunks(info, depth).toString('utf8');
      case 4: {
        const list: unknown[] = [];
        repeat(info, () => list.push(value(depth + 1)));
        return list;
      }
      case 5: {
        const entries: [string, unknown][] = [];
        repeat(info, () => entries.push([String(value(depth + 1)), value(depth + 1)]));
        return Object.fromEntries(entries);
      }
      case 6: {
        const tag = argument(info);
        const tagged = value(depth + 1);
        return tag === TAG_EPOCH_SECONDS ? new Date(Number(tagged) * 1000) : tagged;
      }
      default:
        return simple(info);
    }
  };
  const simple = (info: number): unknown => {
    if (info === 20 || info === 21) return info === 21;
    if (info === 22 || info === 23) return undefined;
    if (info === 25) return halfFloat(take(2).readUInt16BE());
    if (info === 26) return take(4).readFloatBE();
    if (info === 27) return take(8).readDoubleBE();
    throw new RangeError(`the simple value ${info} means nothing here`);
  };
  return { value, isAtEnd: () => at === bytes.length };
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
