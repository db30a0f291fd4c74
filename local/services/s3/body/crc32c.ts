// The Castagnoli polynomial, bits reversed: the reflected form lets a table of one byte at a time do.
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32C of `bytes`, going on from the value of what came before (0 at the start). */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  let value = ~previous;
  for (let i = 0; i < bytes.length; i++) value = TABLE[(value ^ bytes[i]!) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}
