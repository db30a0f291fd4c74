import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../../../core/domain/executor/compile-model.ts';
import { prepareModel } from '../../../../core/domain/onnx/prepare-model.ts';
import { isOrtModel } from '../../../../core/domain/onnx/read-ort-model.ts';
import { caught } from '../../../support/caught.ts';
import { ELEMENT, identityModel } from '../../../support/onnx-models.ts';

/** Written by ONNX Runtime: see test/fixtures/ort/write-fixtures.ts. */
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(`test/fixtures/ort/${name}.ort`));
const MIXED = fixture('mixed');

/** Every outcome that a damaged file may have, by name; anything else is a bug and is thrown on. */
function outcome(bytes: Uint8Array): string {
  try {
    prepareModel(bytes);
    return 'read';
  } catch (error) {
    return caught(() => {
      throw error;
    }).code;
  }
}

/** A change of four bytes, at any place. */
const damage = (at: number, value: number): Uint8Array => {
  const bytes = MIXED.slice();
  new DataView(bytes.buffer).setUint32(at, value, true);
  return bytes;
};

const OUTCOMES = ['read', 'onnx.malformed', 'onnx.unsupported'];

describe('a model in ORT format', () => {
  it('is told from ONNX by its identifier', () => {
    expect(isOrtModel(MIXED)).toBe(true);
    expect(isOrtModel(identityModel(ELEMENT.FP32, ['N']))).toBe(false);
    expect(isOrtModel(new Uint8Array())).toBe(false);
  });

  it('is read with types, sizes, names, open dimensions, rank 0 and any rank; defaults are no inputs', () => {
    expect(prepareModel(MIXED).signature).toEqual({
      inputs: [
        { name: 'x', datatype: 'FP32', shape: ['N', 2] },
        { name: 'texts', datatype: 'BYTES', shape: [null, 1] },
        { name: 'scalar', datatype: 'INT64', shape: [] },
        { name: 'anything', datatype: 'BOOL', shape: [], anyRank: true },
      ],
      outputs: [
        { name: 'y', datatype: 'FP32', shape: ['N', 2] },
        { name: 'same', datatype: 'BYTES', shape: [null, 1] },
        { name: 'again', datatype: 'INT64', shape: [] },
        { name: 'all', datatype: 'BOOL', shape: [], anyRank: true },
      ],
    });
  });

  it('is served as it is, with what it says of itself', () => {
    const { bytes, metadata, notes } = prepareModel(MIXED);
    expect(bytes).toBe(MIXED);
    expect(notes).toEqual([]);
    expect(metadata).toMatchObject({
      ir_version: '8',
      producer_name: 'test',
      ort_format_version: '6',
      author: 'tests',
    });
    expect(metadata['opset_import']).toMatch(/^ai\.onnx 17, ai\.onnx\.ml 3,/);
  });

  it('is read where it lies inside a larger buffer', () => {
    const larger = new Uint8Array(MIXED.length + 64);
    larger.set(MIXED, 24);
    expect(prepareModel(larger.subarray(24, 24 + MIXED.length)).signature).toEqual(prepareModel(MIXED).signature);
  });

  it('is not for the executor', () => {
    const { signature } = prepareModel(MIXED);
    expect(compileModel(MIXED, signature)).toEqual({ reason: 'a model in ORT format' });
  });

  it('fails with a ZipMap, which cannot be replaced in it, and says what to do', () => {
    const error = caught(() => prepareModel(fixture('zipmap')));
    expect(error).toMatchObject({ code: 'onnx.unsupported', details: { what: 'sequence', tensor: 'p' } });
    expect(error.message).toContain('register the .onnx file');
  });

  it('is read or refused as such, cut off at any byte', () => {
    for (let length = 8; length < MIXED.length; length += 1) {
      expect(OUTCOMES).toContain(outcome(MIXED.slice(0, length)));
    }
    expect(outcome(MIXED.slice(0, 100))).toBe('onnx.malformed');
  });

  it('is read or refused as such, with any four bytes made zero, one, or as large as can be', () => {
    for (let at = 8; at + 4 <= MIXED.length; at += 1) {
      for (const value of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, MIXED.length]) {
        expect(OUTCOMES).toContain(outcome(damage(at, value)));
      }
    }
  });

  it('is read or refused as such, with bytes changed at random', () => {
    const change = fc.tuple(fc.integer({ min: 8, max: MIXED.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const bytes = MIXED.slice();
        for (const [at, value] of changes) bytes[at] = value;
        expect(OUTCOMES).toContain(outcome(bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});
