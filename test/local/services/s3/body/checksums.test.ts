import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKSUM_ALGORITHMS, CHECKSUM_BYTES, createDigest } from '../../../../../local/services/s3/body/checksums.ts';

describe.each(CHECKSUM_ALGORITHMS)('the checksum %s', (algorithm) => {
  it('is the same however the content is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (pieces) => {
        const [whole, piecewise] = [createDigest(algorithm), createDigest(algorithm)];
        whole.update(Buffer.concat(pieces));
        for (const piece of pieces) piecewise.update(piece);
        const digest = whole.digest();
        expect(piecewise.digest()).toEqual(digest);
        expect(digest).toHaveLength(CHECKSUM_BYTES[algorithm]);
      }),
    );
  });

  it('differs when one bit does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (bytes, at, bit) => {
        const changed = Uint8Array.from(bytes, (byte, index) =>
          index === at % bytes.length ? byte ^ (1 << bit) : byte,
        );
        const [one, other] = [createDigest(algorithm), createDigest(algorithm)];
        one.update(bytes);
        other.update(changed);
        expect(one.digest()).not.toEqual(other.digest());
      }),
    );
  });
});
