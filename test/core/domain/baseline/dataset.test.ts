import { describe, expect, it } from 'vitest';
import { bindTable, type TableOptions } from '../../../../core/domain/baseline/bind-table.ts';
import { type DatasetFormat, datasetReader } from '../../../../core/domain/baseline/dataset-reader.ts';
import type { WatchedModel } from '../../../../core/domain/capture/model-columns.ts';
import { caught } from '../../../support/caught.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function read(format: DatasetFormat, ...pieces: (string | Uint8Array)[]) {
  const reader = datasetReader(format);
  for (const piece of pieces) reader.push(typeof piece === 'string' ? bytes(piece) : piece);
  reader.end();
  return { header: reader.header(), rows: reader.take() };
}

describe('data set reader', () => {
  it('reads CSV with a header row, in pieces that end anywhere', () => {
    const text = bytes('amount, Größe\n1,"a,b"\n,2\n');
    const pieces = Array.from(text, (byte) => Uint8Array.of(byte));
    expect(read('csv', ...pieces)).toEqual({
      header: ['amount', 'Größe'],
      rows: [
        ['1', 'a,b'],
        ['', '2'],
      ],
    });
  });

  it('reads JSON Lines, what a line lacks being missing, and keeps NaN', () => {
    expect(read('jsonlines', '{"a":1,"b":"x"}\n\n{"b":"y"}\n{"a"', ':NaN}')).toEqual({
      header: ['a', 'b'],
      rows: [
        [1, 'x'],
        [null, 'y'],
        [Number.NaN, null],
      ],
    });
  });

  it('hands rows on once', () => {
    const reader = datasetReader('csv');
    reader.push(bytes('a\n1\n2\n3'));
    expect(reader.take()).toEqual([['1'], ['2']]);
    reader.end();
    expect(reader.take()).toEqual([['3']]);
    expect(reader.take()).toEqual([]);
  });

  it.each([
    ['a row of another width', 'csv', 'a,b\n1,2\n3\n', { row: 2, column: '' }],
    ['a column named twice', 'csv', 'a,b,a\n', { row: 0, column: 'a' }],
    ['a line that is no JSON', 'jsonlines', '{"a":1}\n{"a":', { row: 2, column: '' }],
    ['a line that is no object', 'jsonlines', '{"a":1}\n[1]\n', { row: 2, column: '' }],
    ['a column that the first line lacks', 'jsonlines', '{"a":1}\n{"a":1,"b":2}\n', { row: 2, column: 'b' }],
  ] as const)('fails for %s, naming it', (_, format, text, place) => {
    expect(caught(() => read(format, text))).toMatchObject({ code: 'baseline.malformed', details: place });
  });

  it('fails for a quote that is not closed, and for what is not UTF-8', () => {
    expect(caught(() => read('csv', 'a\n"1\n'))).toMatchObject({
      code: 'csv.malformed',
      details: { row: 2, column: 1 },
    });
    expect(caught(() => read('csv', 'a\n', Uint8Array.of(0xff, 10)))).toMatchObject({ code: 'baseline.malformed' });
  });
});

const model = (inputs: WatchedModel['signature']['inputs'], metadata = {}): WatchedModel => ({
  signature: { inputs, outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 1] }] },
  metadata,
});
const CSV: TableOptions = { format: 'csv' };
const NAMED = model([{ name: 'x', datatype: 'FP32', shape: ['N', 2] }], { feature_names: '["amount","age"]' });
const UNNAMED = model([{ name: 'x', datatype: 'FP32', shape: ['N', 2] }]);
const MIXED = model([
  { name: 'sex', datatype: 'BYTES', shape: ['N', 1] },
  { name: 'age', datatype: 'INT64', shape: ['N', 1] },
  { name: 'score', datatype: 'FP64', shape: ['N'] },
]);

describe('columns of a data set', () => {
  it('are found by the names of the features, whatever else there is', () => {
    const table = bindTable(NAMED, ['id', 'age', 'label', 'amount'], CSV);
    const [x] = table.toInputs(
      [
        ['7', '30', '1', '0.1'],
        ['8', '', '0', 'inf'],
      ],
      1,
    );
    expect(x).toMatchObject({ name: 'x', shape: [2, 2] });
    expect(x?.data).toEqual(Float32Array.of(0.1, 30, Number.POSITIVE_INFINITY, Number.NaN));
    expect(table.featureNames).toBeUndefined();
  });

  it('are found by the names of several inputs', () => {
    const table = bindTable(MIXED, ['age', 'score', 'sex'], CSV);
    const [sex, age, score] = table.toInputs(
      [
        ['41', '2.5', ''],
        ['9007199254740993', '', 'f'],
      ],
      1,
    );
    expect(sex).toMatchObject({ shape: [2, 1], data: ['', 'f'] });
    expect(age?.data).toEqual(BigInt64Array.of(41n, 9007199254740993n));
    expect(score).toMatchObject({ shape: [2], data: Float64Array.of(2.5, Number.NaN) });
  });

  it('name the features of a model that does not, in their order', () => {
    const table = bindTable(UNNAMED, ['at', 'b', 'a', 'label'], { ...CSV, time: 'at', ignore: ['label'] });
    expect(table.featureNames).toEqual(['b', 'a']);
    expect(table.toInputs([['0', '1', '2', '3']], 1)[0]?.data).toEqual(Float32Array.of(1, 2));
  });

  it('are as many as there are where the model does not say how many it takes', () => {
    const table = bindTable(model([{ name: 'x', datatype: 'FP32', shape: ['N', null] }]), ['a', 'b', 'c'], CSV);
    expect(table.toInputs([['1', '2', '3']], 1)[0]).toMatchObject({ shape: [1, 3] });
  });

  it('take JSON as it is, null being missing', () => {
    const table = bindTable(MIXED, ['age', 'score', 'sex'], { format: 'jsonlines' });
    const [sex, age, score] = table.toInputs([[41, null, null]], 1);
    expect([sex?.data, age?.data, score?.data]).toEqual([[''], BigInt64Array.of(41n), Float64Array.of(Number.NaN)]);
  });

  it('give the times of rows, in any of three ways', () => {
    const table = bindTable(NAMED, ['amount', 'age', 'at'], { ...CSV, time: 'at' });
    const rows = ['2026-06-01T00:00:00Z', '1780272000', '1780272000000'].map((at) => ['1', '2', at]);
    expect(new Set(table.toTimes(rows, 1))).toEqual(new Set([Date.UTC(2026, 5, 1)]));
    expect(caught(() => table.toTimes([['1', '2', 'soon']], 4))).toMatchObject({ details: { row: 4, column: 'at' } });
    expect(bindTable(NAMED, ['amount', 'age'], CSV).toTimes([['1', '2']], 1)).toBeUndefined();
  });

  it.each([
    ['a feature that is missing', NAMED, ['amount', 'label'], CSV, 'no column "age"'],
    [
      'another number of columns than the model takes',
      UNNAMED,
      ['a', 'b', 'c'],
      CSV,
      'name those that are no features',
    ],
    ['a time column that is missing', NAMED, ['amount', 'age'], { ...CSV, time: 'at' }, 'no column "at"'],
    [
      'images',
      model([
        { name: 'x', datatype: 'UINT8', shape: ['N', 64, 64, 3] },
        { name: 'a', datatype: 'FP32', shape: ['N'] },
      ]),
      ['a'],
      CSV,
      'not watched',
    ],
  ] as const)('fail for %s', (_, of, header, options, text) => {
    const error = caught(() => bindTable(of, header, options));
    expect(error).toMatchObject({ code: 'baseline.columns_mismatch', message: expect.stringContaining(text) });
  });

  it.each([
    ['a text where a number is', 'age', ['x', '2.5', 'f']],
    ['nothing where a whole number is', 'age', ['', '2.5', 'f']],
    ['a fraction where a whole number is', 'age', ['1.5', '2.5', 'f']],
    ['a text where a fraction is', 'score', ['1', 'many', 'f']],
  ])('fail for %s, naming row and column', (_, column, row) => {
    const table = bindTable(MIXED, ['age', 'score', 'sex'], CSV);
    const error = caught(() => table.toInputs([['1', '2', 'm'], row], 101));
    expect(error).toMatchObject({ code: 'baseline.malformed', details: { row: 102, column } });
  });
});
