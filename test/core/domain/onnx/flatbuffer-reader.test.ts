import { describe, expect, it } from 'vitest';
import {
  openFlatBuffer,
  readInt8,
  readInt32,
  readInt64,
  readTable,
  readText,
  readTexts,
} from '../../../../core/domain/onnx/flatbuffer-reader.ts';
import { isOrtModel, readOrtModel } from '../../../../core/domain/onnx/read-ort-model.ts';
import { caught } from '../../../support/caught.ts';

const ROOT = 16;
const LIST = 24;

/** A file whose root table has one field: a list of `entries` offsets, all of one text of `textBytes`. */
function sharing({ entries, textBytes }: { entries: number; textBytes: number }): Uint8Array {
  const text = LIST + 4 + entries * 4;
  const bytes = new Uint8Array(text + 4 + textBytes).fill(0x61);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ROOT, true);
  bytes.set([0x4f, 0x52, 0x54, 0x4d], 4);
  // The vtable: its own size, the table's, and where field 0 stands in it.
  for (const [index, value] of [6, 8, 4].entries()) view.setUint16(8 + index * 2, value, true);
  view.setInt32(ROOT, ROOT - 8, true);
  view.setUint32(ROOT + 4, LIST - (ROOT + 4), true);
  view.setUint32(LIST, entries, true);
  for (let at = LIST + 4; at < text; at += 4) view.setUint32(at, text - at, true);
  view.setUint32(text, textBytes, true);
  return bytes;
}

const texts = (file: Uint8Array) => [...readTexts(openFlatBuffer(file), 0)];

describe('a flatbuffer', () => {
  it('gives the texts of a list, which may share one', () => {
    expect(texts(sharing({ entries: 3, textBytes: 2 }))).toEqual(['aa', 'aa', 'aa']);
  });

  it('gives what stands for a field that is left out', () => {
    const root = openFlatBuffer(sharing({ entries: 0, textBytes: 0 }));
    expect([readInt8(root, 9), readInt32(root, 9), readInt64(root, 9)]).toEqual([0, 0, 0n]);
    expect([readText(root, 9), readTable(root, 9), [...readTexts(root, 9)]]).toEqual(['', undefined, []]);
  });

  it('fails for texts that are small in the file and large when read', () => {
    const file = sharing({ entries: 70_000, textBytes: 1024 });
    expect(caught(() => texts(file))).toMatchObject({
      code: 'onnx.malformed',
      message: expect.stringContaining('texts'),
    });
  });

  it('fails for a list of more entries than any graph has values', () => {
    expect(caught(() => texts(sharing({ entries: 1_000_001, textBytes: 0 }))).message).toContain('1000001 entries');
  });

  it('fails for a list that claims more entries than the file has bytes', () => {
    const file = sharing({ entries: 1, textBytes: 0 });
    new DataView(file.buffer).setUint32(LIST, 0xffff_ffff, true);
    expect(caught(() => texts(file))).toMatchObject({ code: 'onnx.malformed', details: { offset: LIST + 4 } });
  });

  it('fails for a text that is not UTF-8', () => {
    const file = sharing({ entries: 1, textBytes: 1 });
    file[file.length - 1] = 0xff;
    expect(caught(() => texts(file)).message).toContain('UTF-8');
  });

  it('fails as a model where it holds none', () => {
    const file = sharing({ entries: 0, textBytes: 0 });
    expect(isOrtModel(file)).toBe(true);
    expect(caught(() => readOrtModel(file)).message).toContain('it has no model');
  });
});
