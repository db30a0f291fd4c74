import { PlatformError } from '../errors.ts';

/** A table of a flatbuffer: where it starts, and where its fields are said to be. */
export interface FlatTable {
  readonly buffer: FlatBuffer;
  readonly at: number;
}

/** A file of which not one byte outside is read, whatever its offsets say. */
export interface FlatBuffer {
  readonly view: DataView;
  /** Characters that may still be read as text: a few bytes can name one long text a million times. */
  textBudget: number;
}

const TEXT_BUDGET_BYTES = 64 * 1024 * 1024;

export const malformedOrt = (offset: number, reason: string) =>
  new PlatformError('onnx.malformed', {
    message: `the file is not a valid model in ORT format: ${reason} at byte ${offset}; convert the model again, or upload the .onnx file it was made from`,
    details: { offset, reason },
  });

/** @returns the root table @throws `onnx.malformed` for a file without one */
export function openFlatBuffer(bytes: Uint8Array): FlatTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return follow({ view, textBudget: TEXT_BUDGET_BYTES }, 0);
}

/** A 32-bit offset is added to the place where it stands. */
function follow(buffer: FlatBuffer, at: number): FlatTable {
  return { buffer, at: at + uint32(buffer, at) };
}

const uint32 = (buffer: FlatBuffer, at: number): number => {
  check(buffer, at, 4);
  return buffer.view.getUint32(at, true);
};

function check({ view }: FlatBuffer, at: number, bytes: number): void {
  if (at < 0 || at + bytes > view.byteLength) throw malformedOrt(at, `${bytes} bytes reach past the end`);
}

/**
 * Where a field's value stands; undefined where the table leaves it out.
 *
 * A table starts with a signed offset back to its vtable: its own size in bytes, the table's, then 16 bits for each field, 0 for
 * one that is left out.
 */
function fieldAt({ buffer, at }: FlatTable, field: number): number | undefined {
  check(buffer, at, 4);
  const vtable = at - buffer.view.getInt32(at, true);
  check(buffer, vtable, 4);
  const slot = 4 + field * 2;
  if (slot + 2 > buffer.view.getUint16(vtable, true)) return undefined;
  check(buffer, vtable + slot, 2);
  const offset = buffer.view.getUint16(vtable + slot, true);
  return offset === 0 ? undefined : at + offset;
}

export function readTable(table: FlatTable, field: number): FlatTable | undefined {
  const at = fieldAt(table, field);
  return at === undefined ? undefined : follow(table.buffer, at);
}

export function readInt8(table: FlatTable, field: number): number {
  const at = fieldAt(table, field);
  if (at === undefined) return 0;
  check(table.buffer, at, 1);
  return table.buffer.view.getInt8(at);
}

export function readInt32(table: FlatTable, field: number): number {
  const at = fieldAt(table, field);
  if (at === undefined) return 0;
  check(table.buffer, at, 4);
  return table.buffer.view.getInt32(at, true);
}

export function readInt64(table: FlatTable, field: number): bigint {
  const at = fieldAt(table, field);
  if (at === undefined) return 0n;
  check(table.buffer, at, 8);
  return table.buffer.view.getBigInt64(at, true);
}

/** @returns '' where the table leaves the text out */
export function readText(table: FlatTable, field: number): string {
  const text = readTable(table, field);
  return text ? decode(text) : '';
}

// Fatal, so that a name that is not UTF-8 is refused instead of silently becoming another name.
const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode({ buffer, at }: FlatTable): string {
  const length = uint32(buffer, at);
  check(buffer, at + 4, length);
  buffer.textBudget -= length;
  if (buffer.textBudget < 0) throw malformedOrt(at, `its texts have more than ${TEXT_BUDGET_BYTES} bytes`);
  const { buffer: memory, byteOffset } = buffer.view;
  try {
    return utf8.decode(new Uint8Array(memory, byteOffset + at + 4, length));
  } catch {
    throw malformedOrt(at, 'a text is not valid UTF-8');
  }
}

/** More than any graph has values: entries of a vector may share a table, so their number says little of the file. */
const VECTOR_LIMIT = 1_000_000;

/** The tables of a vector, one at a time. */
export function* readTables(table: FlatTable, field: number, limit = VECTOR_LIMIT): Generator<FlatTable> {
  const vector = readTable(table, field);
  if (!vector) return;
  const { buffer, at } = vector;
  const length = uint32(buffer, at);
  check(buffer, at + 4, length * 4);
  if (length > limit) throw malformedOrt(at, `a list has ${length} entries, more than ${limit}`);
  for (let i = 0; i < length; i += 1) yield follow(buffer, at + 4 + i * 4);
}

/** The texts of a vector, one at a time. */
export function* readTexts(table: FlatTable, field: number): Generator<string> {
  for (const text of readTables(table, field)) yield decode(text);
}
