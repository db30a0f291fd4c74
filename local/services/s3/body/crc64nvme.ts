// The NVMe polynomial 0xad93d23594c93659, bits reversed, as two halves: BigInt would be a hundred times slower.
const POLYNOMIAL_HIGH = 0x9a6c9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;

const HIGH = new Uint32Array(256);
const LOW = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let [high, low] = [0, byte];
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1;
    low = (low >>> 1) | ((high & 1) << 31);
    high >>>= 1;
    if (carry) {
      high ^= POLYNOMIAL_HIGH;
      low ^= POLYNOMIAL_LOW;
    }
  }
  HIGH[byte] = high;
  LOW[byte] = low;
}

/** The two halves of a CRC-64. */
export type Crc64 = readonly [high: number, low: number];

/** CRC-64/NVME of `bytes`, going on from the value of what came before. */
export function crc64nvme(bytes: Uint8Array, previous: Crc64 = [0, 0]): Crc64 {
  let high = ~previous[0];
  let low = ~previous[1];
  for (let i = 0; i < bytes.length; i++) {
    const index = (low ^ bytes[i]!) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ LOW[index]!;
    high = (high >>> 8) ^ HIGH[index]!;
  }
  return [~high >>> 0, ~low >>> 0];
}
