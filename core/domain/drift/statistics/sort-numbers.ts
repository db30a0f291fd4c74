/** Below this many the engine's own sort is as fast. */
const RADIX_FROM = 4_096;
const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const LAST_BUCKET = BUCKETS - 1;
/** Three digits of each of the two 32-bit words of a double, low word first: 11 + 11 + 10 bits. */
const PASSES = 6;

/**
 * Sorts numbers ascending, in new memory or in place.
 *
 * From 4,096 values on by their bits, eleven at a time from the lowest (least significant digit radix sort): two to three times as fast as
 * the engine's sort, and as fast on any order. A digit in which all values agree is skipped.
 *
 * @param values without NaN; may be overwritten
 * @returns the sorted values; −0 before 0
 *
 * Cost: O(n) time, O(n) extra memory.
 */
export function sortNumbers(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  if (values.length < RADIX_FROM) return values.sort();
  const counts = countDigits(values);
  let from = values;
  let to = new Float64Array(values.length);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const positions = toPositions(counts.subarray(pass * BUCKETS, (pass + 1) * BUCKETS), values.length);
    if (positions === null) continue;
    distribute(from, to, { positions, pass });
    [from, to] = [to, from];
  }
  return negativesFirst(from, to);
}

const wordsOf = (values: Float64Array<ArrayBuffer>): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);

/** How often each digit has each value, shape `[passes × buckets]`. */
function countDigits(values: Float64Array<ArrayBuffer>): Uint32Array {
  const counts = new Uint32Array(PASSES * BUCKETS);
  const words = wordsOf(values);
  for (let word = 0; word < words.length; word += 1) {
    const bits = words[word] as number;
    const base = (word & 1) * 3 * BUCKETS;
    (counts[base + (bits & LAST_BUCKET)] as number)++;
    (counts[base + BUCKETS + ((bits >>> DIGIT_BITS) & LAST_BUCKET)] as number)++;
    (counts[base + 2 * BUCKETS + (bits >>> (2 * DIGIT_BITS))] as number)++;
  }
  return counts;
}

/** Where each bucket starts; null where one bucket has everything and nothing would move. */
function toPositions(counts: Uint32Array, total: number): Uint32Array | null {
  let start = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const count = counts[bucket] as number;
    if (count === total) return null;
    counts[bucket] = start;
    start += count;
  }
  return counts;
}

function distribute(
  from: Float64Array<ArrayBuffer>,
  to: Float64Array,
  { positions, pass }: { positions: Uint32Array; pass: number },
): void {
  const words = wordsOf(from);
  const shift = (pass % 3) * DIGIT_BITS;
  for (let index = 0, word = pass < 3 ? 0 : 1; index < from.length; index += 1, word += 2) {
    const bucket = ((words[word] as number) >>> shift) & LAST_BUCKET;
    to[(positions[bucket] as number)++] = from[index] as number;
  }
}

/** By their bits negative numbers come last and in descending order, since the sign is the highest bit. */
function negativesFirst(
  sorted: Float64Array<ArrayBuffer>,
  spare: Float64Array<ArrayBuffer>,
): Float64Array<ArrayBuffer> {
  const words = wordsOf(sorted);
  let firstNegative = sorted.length;
  while (firstNegative > 0 && (words[2 * firstNegative - 1] as number) >>> 31 === 1) firstNegative -= 1;
  if (firstNegative === sorted.length) return sorted;
  spare.set(sorted.subarray(firstNegative).reverse());
  spare.set(sorted.subarray(0, firstNegative), sorted.length - firstNegative);
  return spare;
}
