import type { ExternalRange } from './external-range.ts';
import { openCursor, readTag, skip } from './protobuf-cursor.ts';
import { lengthPrefix } from './protobuf-writer.ts';

/**
 * A message in pieces: views of bytes that are there already, and ranges of other files,
 * which leave a hole to be filled. A model of 200 MB is rewritten so with one copy,
 * however deep the change lies: joining each level on its own would copy it once for each.
 */
export interface Pieces {
  readonly length: number;
  readonly parts: readonly (Uint8Array | ExternalRange)[];
}

export function pieces(...parts: readonly (Uint8Array | ExternalRange | Pieces)[]): Pieces {
  const flat: (Uint8Array | ExternalRange)[] = [];
  let length = 0;
  for (const part of parts) {
    length += part.length;
    // One by one: a call cannot take as many arguments as a graph may have parts.
    if ('parts' in part) for (const inner of part.parts) flat.push(inner);
    else flat.push(part);
  }
  return { length, parts: flat };
}

/** A bytes field or an embedded message. */
export const piecesField = (number: number, content: Pieces): Pieces =>
  pieces(lengthPrefix(number, content.length), content);

/** One length-delimited field of a message. */
export interface MessageField {
  readonly number: number;
  readonly content: Uint8Array;
}

/**
 * Replaces some length-delimited fields of a message; all else stays as it is, byte for byte.
 *
 * @param rewrite gives a field's replacement with its tag, or undefined to leave it
 * @returns undefined where nothing is replaced
 * @throws `onnx.malformed` when the bytes are not protobuf
 */
export function rewriteFields(
  message: Uint8Array,
  rewrite: (field: MessageField) => Pieces | undefined,
): Pieces | undefined {
  const cursor = openCursor(message);
  const parts: (Uint8Array | Pieces)[] = [];
  let kept = 0;
  for (;;) {
    const start = cursor.at;
    const tag = readTag(cursor);
    if (tag === 0) break;
    const content = skip(cursor, tag);
    const replacement = content && rewrite({ number: Math.floor(tag / 8), content });
    if (!replacement) continue;
    parts.push(message.subarray(kept, start), replacement);
    kept = cursor.at;
  }
  return parts.length === 0 ? undefined : pieces(...parts, message.subarray(kept));
}

/** A message in one buffer, with zeros where holes are. @returns where each hole is, too */
export function joinPieces({ length, parts }: Pieces): {
  bytes: Uint8Array;
  holes: { range: ExternalRange; at: number }[];
} {
  const bytes = new Uint8Array(length);
  const holes: { range: ExternalRange; at: number }[] = [];
  let at = 0;
  for (const part of parts) {
    if (part instanceof Uint8Array) bytes.set(part, at);
    else holes.push({ range: part, at });
    at += part.length;
  }
  return { bytes, holes };
}
