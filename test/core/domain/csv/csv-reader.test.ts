import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvReader } from '../../../../core/domain/csv/csv-reader.ts';
import { caught } from '../../../support/caught.ts';

const MALFORMED = expect.objectContaining({ code: 'csv.malformed' });

function read(...pieces: string[]): string[][] {
  const rows: string[][] = [];
  const reader = csvReader((cells) => rows.push(cells));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return rows;
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

describe('CSV reader', () => {
  it.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['\ufeffa\n1\n', [['a'], ['1']]],
    ['a\n\n\r\nb\n', [['a'], ['b']]],
    [
      ',\n"",""\n',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    ['"a,b","c""d","e\nf"\r\ng', [['a,b', 'c"d', 'e\nf'], ['g']]],
    ['x,"y"\r\n', [['x', 'y']]],
    ['"y",\n', [['y', '']]],
    ['', []],
    ['"', undefined],
    ['a"b\n', undefined],
    ['"a"b\n', undefined],
  ])('reads %j', (text, rows) => {
    if (rows === undefined) expect(() => read(text)).toThrow(MALFORMED);
    else expect(read(text)).toEqual(rows);
  });

  it('fails where a quote is not closed, naming row and column', () => {
    const details = (text: string) => caught(() => read(text)).details;
    expect(details('a,b\n1,"2\n3,4\n')).toEqual({ row: 2, column: 2, reason: 'a quote is not closed' });
    expect(details('a,b\n"1"x,2\n')).toMatchObject({ row: 2, column: 1 });
    expect(details('a,b\n1,2"\n')).toMatchObject({ row: 2, column: 2 });
  });

  it('fails for a row without end before it fills the memory', () => {
    const reader = csvReader(() => expect.unreachable());
    reader.push('"');
    expect(() => {
      for (let i = 0; i < 6; i += 1) reader.push('x'.repeat(1024 * 1024));
    }).toThrow(MALFORMED);
  });

  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', ' ', 'é', '1'), maxLength: 5 });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 });

  it('reads what was written, wherever the pieces end', () => {
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(200), { maxLength: 3 }), (rows, end, cuts) => {
        const text = rows.map((cells) => cells.map(quoted).join(',') + end).join('');
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, i) => text.slice(places[i], Math.max(place, places[i] ?? 0)));
        expect(read(...pieces)).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  });

  it('reads as csv-parse does', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '1'), maxLength: 12 }), (text) => {
        const theirs = (() => {
          try {
            return parse(text, { skip_empty_lines: true, relax_column_count: true, bom: true, record_delimiter: '\n' });
          } catch {
            return 'refused';
          }
        })();
        const ours = (() => {
          try {
            return read(text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'csv.malformed' });
            return 'refused';
          }
        })();
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 2_000 },
    );
  });
});
