import { describe, expect, it } from 'vitest';
import { digestSearch, packDigests } from '../../../adapters/aws/prediction-digests.ts';

const ids = Array.from({ length: 5_000 }, (_, index) => `order-${index}`);

describe('digests of predictions', () => {
  it('find the ids that were packed, and no others', () => {
    const packed = packDigests(ids);
    expect(packed).toHaveLength(6 * ids.length);
    const asked = ['never', ids[17], ids[4_999], 'ORDER-17'].map(String);
    expect(digestSearch(asked)(packed)).toEqual(['order-17', 'order-4999']);
  });

  it('are found wherever they lie in a larger buffer', () => {
    const larger = Buffer.concat([Buffer.alloc(3), packDigests(['a', 'b'])]);
    expect(digestSearch(['b', 'a'])(larger.subarray(3))).toEqual(['a', 'b']);
  });

  it('are none of nothing', () => {
    expect(digestSearch(['a'])(packDigests([]))).toEqual([]);
    expect(digestSearch([])(packDigests(['a']))).toEqual([]);
  });
});
