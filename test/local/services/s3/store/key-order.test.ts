import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPrefix } from '../../../../../local/services/s3/store/key-order.ts';

const text = fc.string({ unit: 'binary' });
const compare = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));

describe('the first key after a prefix', () => {
  it('is behind every key with the prefix', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), text, (prefix, rest) => {
        expect(compare(`${prefix}${rest}`, afterPrefix(prefix) ?? '\u{10ffff}'.repeat(99))).toBeLessThan(0);
      }),
    );
  });

  it('is not behind any other key that follows the prefix', () => {
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const after = afterPrefix(prefix);
        const follows = compare(other, prefix) > 0 && !other.startsWith(prefix);
        fc.pre(follows && after !== undefined);
        expect(compare(other, after ?? '')).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('skips what is no character', () => {
    expect(afterPrefix('a\ud7ff')).toBe('a\ue000');
    expect(afterPrefix('a\u{10ffff}')).toBe('b');
  });

  it('is not there when nothing can follow', () => {
    expect(afterPrefix('')).toBeUndefined();
    expect(afterPrefix('\u{10ffff}')).toBeUndefined();
  });
});
