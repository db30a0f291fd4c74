import type { TreeLayout } from './tree-layout.ts';

/**
 * A tree layout as one block of bytes, little-endian as every processor here is: lengths, then the arrays as they lie in
 * memory. Reading it makes views and looks at nothing.
 */

const HEADER_CELLS = 6;
const CELL_BYTES = 4;

export function layoutToBytes(layout: TreeLayout): Uint8Array {
  const { cells, whenMissing, roots, weightTargets, weights, modes, mode, largestFeature } = layout;
  const header = Int32Array.of(
    whenMissing.length,
    roots.length,
    weights.length,
    mode,
    modes === undefined ? 0 : 1,
    largestFeature,
  );
  const arrays = [header, cells, whenMissing, roots, weightTargets, weights, ...(modes ? [modes] : [])];
  const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/** @param bytes what `layoutToBytes` gave */
export function layoutFromBytes(bytes: Uint8Array): TreeLayout {
  // A copy, because 32-bit numbers must lie at a multiple of four, and so that the file is not kept alive. Not `slice`, which
  // of a Buffer gives a view.
  const { buffer } = new Uint8Array(bytes);
  const header = new Int32Array(buffer, 0, HEADER_CELLS);
  const [nodes = 0, trees = 0, weightCount = 0, mode = 0, isMixed = 0, largestFeature = 0] = header;
  let at = HEADER_CELLS * CELL_BYTES;
  const take = (length: number): [ArrayBuffer, number, number] => {
    const start = at;
    at += length * CELL_BYTES;
    return [buffer, start, length];
  };
  const place = take(nodes * 4);
  const cells = new Int32Array(...place);
  const floats = new Float32Array(...place);
  const whenMissing = new Int32Array(...take(nodes));
  const roots = new Int32Array(...take(trees));
  const weightTargets = new Int32Array(...take(weightCount));
  const weights = new Float32Array(...take(weightCount));
  const modes = isMixed === 1 ? new Uint8Array(buffer, at, nodes) : undefined;
  return { cells, floats, whenMissing, modes, mode, roots, weightTargets, weights, largestFeature };
}
