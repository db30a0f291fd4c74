import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LosslessJson, NumberLiteral, parseLossless, writeLossless } from '../../../apps/cli/lossless-json.ts';

describe('lossless JSON', () => {
  it.each([
    '[NaN,-Infinity,Infinity,9007199254740993,-0.0,1e400,1.10,0.1E+2]',
    '{"NaN":"NaN","s1":"n1","a\\"b":["-Infinity",{"":{}}],"__proto__":1}',
    '"n12"',
    'null',
    '[true,false,null]',
  ])('writes %s as it read it', (text) => {
    expect(writeLossless(parseLossless(text))).toBe(text);
  });

  it('agrees with JSON.parse and JSON.stringify on all that these know', () => {
    const toPlain = (value: LosslessJson): unknown => JSON.parse(writeLossless(value));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(writeLossless(parseLossless(JSON.stringify(value, null, 2)))).toBe(text);
        expect(toPlain(parseLossless(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('tells numbers from texts that look like numbers', () => {
    expect(parseLossless('[1,"1"]')).toEqual([new NumberLiteral('1'), '1']);
  });

  it.each(['', '[1,]', '{"a" 1}', '[1 2]', '+1', '.5', '1.', 'nan', '--Infinity', '{"a":1', "'a'", '[1]]'])(
    'fails for %j',
    (text) => {
      expect(() => parseLossless(text)).toThrow(SyntaxError);
    },
  );
});
