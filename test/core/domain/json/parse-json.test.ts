import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DEPTH, parseJson } from '../../../../core/domain/json/parse-json.ts';
import { caught } from '../../../support/caught.ts';

/** Takes a text past the engine's own parser: a NaN beside it is what the slow one is for. */
const throughOwnParser = (text: string) => (parseJson(`[NaN,${text}]`) as unknown[])[1];

const nested = (levels: number, innermost = '1') => '['.repeat(levels) + innermost + ']'.repeat(levels);

describe('parseJson', () => {
  it('reads what JSON.stringify writes, by either parser', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const expected: unknown = JSON.parse(text);
        // An integer past 2^53 is the one thing that is read differently on purpose.
        fc.pre(!/\d{16}/.test(text));
        expect(parseJson(text)).toEqual(expected);
        expect(throughOwnParser(text)).toEqual(expected);
      }),
    );
  });

  it('reads pretty-printed text with any white space', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(2, '\t', '\r\n '), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        fc.pre(!/\d{16}/.test(text));
        expect(throughOwnParser(` \r\n${text}\t`)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['[1,NaN]', [1, Number.NaN]],
    ['{"a": -Infinity}', { a: Number.NEGATIVE_INFINITY }],
    ['"NaN"', 'NaN'],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', 9_007_199_254_740_992n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['18446744073709551615', 18_446_744_073_709_551_615n],
    ['9007199254740993.0', 9_007_199_254_740_992],
    ['0.1234567890123456789', 0.123_456_789_012_345_68],
    ['1e100', 1e100],
    ['1e-400', 0],
    ['-0', -0],
    ['[-0,NaN]', [-0, Number.NaN]],
    ['"1234567890123456"', '1234567890123456'],
    ['true', true],
    [' null ', null],
    ['[NaN,[]]', [Number.NaN, []]],
    ['[NaN,{}]', [Number.NaN, {}]],
    ['"\\u00e9\\n\\ud83d\\ude00 Infinity"', 'é\n😀 Infinity'],
    ['"\\\\ NaN \\""', '\\ NaN "'],
  ] as const)('reads %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each(['1e999', '-1e999', '1e309', `1${'0'.repeat(400)}`, '[NaN,2e308]'])('fails for the infinite %s', (text) => {
    const error = caught(() => parseJson(text));
    expect(error).toMatchObject({ code: 'request.malformed', message: expect.stringContaining('double range') });
  });

  it('keeps a key `__proto__` as a key like any other, by either parser', () => {
    for (const value of [parseJson('{"__proto__": {"x": 1}}'), throughOwnParser('{"__proto__": {"x": 1}}')]) {
      expect(Object.keys(value as object)).toEqual(['__proto__']);
      expect((value as { x?: number }).x).toBeUndefined();
    }
  });

  it('lets the last of two equal keys win, by either parser', () => {
    expect(parseJson('{"a": 1, "a": 2}')).toEqual({ a: 2 });
    expect(throughOwnParser('{"a": 1, "a": 2}')).toEqual({ a: 2 });
  });

  it.each(['1', 'NaN'])('takes %s as deep as the limit', (innermost) => {
    expect(parseJson(nested(MAX_DEPTH, innermost))).toBeInstanceOf(Array);
  });

  const objects = (levels: number) => '{"a":'.repeat(levels) + 1 + '}'.repeat(levels);
  it.each([
    ['arrays', nested(MAX_DEPTH + 1)],
    ['arrays with a NaN', nested(MAX_DEPTH + 1, 'NaN')],
    ['objects', objects(MAX_DEPTH + 1)],
    ['objects after a NaN', `[NaN,${objects(MAX_DEPTH)}]`],
    ['250,000 arrays', nested(250_000)],
    ['250,000 arrays with a NaN', nested(250_000, 'NaN')],
    ['250,000 arrays that never end', '['.repeat(250_000)],
    ['250,000 objects that never end', '{"a":'.repeat(250_000)],
  ])('fails for %s nested deeper than the limit', (_, text) => {
    const error = caught(() => parseJson(text));
    expect(error).toMatchObject({ code: 'request.malformed', message: expect.stringContaining('nested more than') });
  });

  const SAMPLE = '{"a":[1,-2.5e3,NaN,-Infinity,true,null,"x\\u00e9\\n"],"b":{"c":9007199254740993}}';
  it.each(Array.from({ length: SAMPLE.length }, (_, end) => SAMPLE.slice(0, end)))('fails for the cut %j', (text) => {
    expect(caught(() => parseJson(text)).code).toBe('request.malformed');
  });

  it.each([
    '',
    ' ',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a" 1}',
    '{a: 1}',
    '{"a": 1,}',
    "'a'",
    '01',
    '+1',
    '.5',
    '1.',
    '1e',
    '0x10',
    '--1',
    '-NaN',
    '+Infinity',
    'nan',
    'Infinit',
    'undefined',
    'tru',
    '[1]]',
    '1 2',
    '\ufeff1',
    '"a\nb"',
    '"a\\x41"',
    '"\\u12"',
    '"\\u12G4"',
    '"open',
    '"open\\"',
    '// comment\n1',
    '\u00a01',
  ])('fails for %j, by either parser', (text) => {
    expect(caught(() => parseJson(text)).code).toBe('request.malformed');
    expect(caught(() => throughOwnParser(text)).code).toBe('request.malformed');
  });

  it('tells where it stumbled, never what stood there', () => {
    const secret = 'card4111111111111111';
    for (const text of [
      `{"card": ${secret}}`,
      `{"card": "${secret}}`,
      `{"card": "${secret}\\x"}`,
      `[NaN, "${secret}" "${secret}"]`,
      `{${secret}: 1}`,
    ]) {
      const error = caught(() => parseJson(text));
      expect(JSON.stringify([error.message, error.details, String(error.cause)])).not.toContain('4111');
    }
    expect(caught(() => parseJson('[1, x]')).message).toContain('position 4');
  });
});
