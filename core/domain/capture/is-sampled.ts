const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const TWO_TO_32 = 2 ** 32;

/**
 * Whether a prediction is captured. The same id always gives the same answer, so that a retried request is sampled alike,
 * and whoever is sampled at one rate is sampled at every higher one.
 *
 *     mix(fnv1a(id)) / 2³² < rate
 *
 * where fnv1a is the 32-bit Fowler-Noll-Vo hash over the id's UTF-16 units and mix is MurmurHash3's finalizer, without which
 * ids that differ in their last character alone would lie close together.
 *
 * @param rate 0 to 1: 0 captures nothing, 1 everything
 *
 * Cost: O(length of the id).
 * Source: Fowler, Noll, Vo, RFC 9923; Appleby's MurmurHash3 `fmix32`.
 */
export function isSampled(predictionId: string, rate: number): boolean {
  if (rate >= 1) return true;
  let hash = FNV_OFFSET;
  for (let i = 0; i < predictionId.length; i += 1) {
    hash = Math.imul(hash ^ predictionId.charCodeAt(i), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / TWO_TO_32 < rate;
}
