import { describe, expect, it } from 'vitest';
import { evaluatePrefix } from '../../../../local/services/firehose/evaluate-prefix.ts';

const date = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
const evaluate = (prefix: string | undefined) => evaluatePrefix(prefix, date, () => 'random');

describe('a prefix of Firehose', () => {
  it.each([
    ['captures/!{timestamp:yyyy/MM/dd/HH}/', 'captures/2026/01/02/03/'],
    ['a/!{timestamp:yy-M-d}/!{timestamp:HHmmss}/', 'a/26-1-2/030405/'],
    ["!{timestamp:'year='yyyy'/it''s '}", "year=2026/it's "],
    ['a/!{timestamp:yyyy}/!{firehose:random-string}/', 'a/2026/random/'],
    ['captures/', 'captures/2026/01/02/03/'],
    ['captures', 'captures2026/01/02/03/'],
    [undefined, '2026/01/02/03/'],
  ])('%s is evaluated as %s', (prefix, expected) => {
    expect(evaluate(prefix)).toBe(expected);
  });
});
