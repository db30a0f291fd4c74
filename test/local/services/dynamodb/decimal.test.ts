import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  formatDecimal,
  negateDecimal,
  parseDecimal,
} from '../../../../local/services/dynamodb/values/decimal.ts';
import { bytesAfterPrefix, decimalKeyBytes } from '../../../../local/services/dynamodb/values/key-bytes.ts';

/** Numbers over the whole range: up to 38 digits, 10^-130 to 10^125, with neighbours that differ in the last digit. */
const number = fc
  .record({
    negative: fc.boolean(),
    digits: fc.stringMatching(/^[1-9][0-9]{0,37}$/),
    magnitude: fc.oneof(fc.integer({ min: -130, max: 125 }), fc.integer({ min: -2, max: 2 })),
  })
  .map(({ negative, digits, magnitude }) => `${negative ? '-' : ''}${digits[0]}.${digits.slice(1)}e${magnitude}`);
const anyNumber = fc.oneof({ arbitrary: number, weight: 20 }, fc.constant('0'));

/** The exact comparison, by whole numbers of 10^-170. */
const scaled = (text: string): bigint => {
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d*))?(?:e(-?\d+))?$/.exec(text) ?? [];
  const value = BigInt(whole + fraction) * 10n ** BigInt(170 + Number(exponent) - fraction.length);
  return sign === '-' ? -value : value;
};
const exactly = (left: string, right: string) => {
  const difference = scaled(left) - scaled(right);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
};

describe('numbers of the local DynamoDB', () => {
  it('order as keys as they order by value', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (left, right) => {
        const bytes = (text: string) => decimalKeyBytes(parseDecimal(text));
        expect(Math.sign(Buffer.compare(bytes(left), bytes(right)))).toBe(exactly(left, right));
      }),
      { numRuns: 2000 },
    );
  });

  it('order next to a neighbour that differs in the last of 38 digits', () => {
    fc.assert(
      fc.property(fc.bigInt(10n ** 37n, 10n ** 38n - 2n), fc.boolean(), (value, negative) => {
        const [low, high] = negative ? [-(value + 1n), -value] : [value, value + 1n];
        const bytes = (digits: bigint) => decimalKeyBytes(parseDecimal(String(digits)));
        expect(Buffer.compare(bytes(low), bytes(high))).toBe(-1);
      }),
    );
  });

  it('compare as they order by value', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (left, right) => {
        expect(Math.sign(compareDecimals(parseDecimal(left), parseDecimal(right)))).toBe(exactly(left, right));
      }),
    );
  });

  it('keep their value and have one form only', () => {
    fc.assert(
      fc.property(anyNumber, (text) => {
        const formatted = formatDecimal(parseDecimal(text));
        expect(scaled(formatted)).toBe(scaled(text));
        expect(formatDecimal(parseDecimal(formatted))).toBe(formatted);
        expect(formatted).toMatch(/^(0|-?([1-9]\d*|0\.\d*[1-9]|[1-9]\d*\.\d*[1-9]))$/);
      }),
    );
  });

  it('add exactly, or fail where 38 digits do not suffice', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (left, right) => {
        const exact = scaled(left) + scaled(right);
        const sum = attempt(() => formatDecimal(addDecimals(parseDecimal(left), parseDecimal(right))));
        const digits = String(exact < 0n ? -exact : exact).replace(/0+$/, '').length;
        if (digits <= 38 && sum !== undefined) expect(scaled(sum)).toBe(exact);
        else expect(sum === undefined).toBe(true);
      }),
    );
  });

  it('are nothing together with their opposite', () => {
    fc.assert(
      fc.property(anyNumber, (text) => {
        const value = parseDecimal(text);
        expect(formatDecimal(addDecimals(value, negateDecimal(value)))).toBe('0');
      }),
    );
  });

  it('fail to add beyond the range', () => {
    const large = parseDecimal('9e125');
    expect(() => addDecimals(large, large)).toThrow('Number overflow');
    expect(() => addDecimals(parseDecimal('1e50'), parseDecimal('1'))).toThrow('Number overflow');
  });
});

describe('a prefix of keys', () => {
  const bytes = fc.uint8Array({ maxLength: 4 }).map((array) => Buffer.from(array));

  it('ends before the smallest key that does not begin with it', () => {
    fc.assert(
      fc.property(bytes, bytes, (prefix, key) => {
        const end = bytesAfterPrefix(prefix);
        const isWithin = Buffer.compare(key, prefix) >= 0 && (end === undefined || Buffer.compare(key, end) < 0);
        expect(isWithin).toBe(key.subarray(0, prefix.length).equals(prefix));
      }),
      { numRuns: 2000 },
    );
  });
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
