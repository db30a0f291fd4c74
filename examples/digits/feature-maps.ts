import type { FeatureMatrix } from '../../core/domain/training/feature-matrix.ts';
import { createRandom } from '../../core/domain/training/random.ts';
import { normal } from '../shared/distributions.ts';
import { IMAGE_SIZE, PIXELS } from './draw-digits.ts';

export const FILTER_SIZE = 5;
export const POOL_SIZE = 4;
const MAP_SIZE = IMAGE_SIZE - FILTER_SIZE + 1;
const POOLED_SIZE = MAP_SIZE / POOL_SIZE;

/** A convolution that is drawn once and not trained. */
export interface Filters {
  readonly count: number;
  /** Shape `[count, 1, 5, 5]`. */
  readonly weights: Float32Array;
  /** Shape `[count]`. */
  readonly bias: Float32Array;
}

/**
 * Random filters whose weights add up to 0, so that an even grey gives nothing and brightness does not matter.
 * Random filters with a trained linear layer on top already recognise shapes (Jarrett et al., ICCV 2009).
 */
export function drawFilters({ seed, count }: { seed: number; count: number }): Filters {
  const random = createRandom(seed);
  const area = FILTER_SIZE * FILTER_SIZE;
  const weights = new Float32Array(count * area);
  for (let filter = 0; filter < count; filter += 1) {
    const drawn = Array.from({ length: area }, () => normal(random, 0, 1));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / area;
    weights.set(
      drawn.map((value) => (value - mean) / FILTER_SIZE),
      filter * area,
    );
  }
  return { count, weights, bias: new Float32Array(count) };
}

/**
 * Conv (5 × 5, no padding) → Relu → MaxPool (4 × 4) → Flatten, as the exported graph computes it.
 *
 * @param pixels shape `[N, 1, 28, 28]`
 * @returns shape `[N, count · 6 · 6]`
 */
export function extractFeatures(pixels: Float32Array, filters: Filters): FeatureMatrix {
  const rowCount = pixels.length / PIXELS;
  const featureCount = filters.count * POOLED_SIZE * POOLED_SIZE;
  const values = new Float32Array(rowCount * featureCount);
  const map = new Float32Array(MAP_SIZE * MAP_SIZE);
  for (let image = 0; image < rowCount; image += 1) {
    const source = pixels.subarray(image * PIXELS, (image + 1) * PIXELS);
    for (let filter = 0; filter < filters.count; filter += 1) {
      convolve(source, map, { filters, filter });
      poolMap(map, values, image * featureCount + filter * POOLED_SIZE * POOLED_SIZE);
    }
  }
  return { values, rowCount, featureCount };
}

function convolve(
  image: Float32Array,
  map: Float32Array,
  { filters, filter }: { filters: Filters; filter: number },
): void {
  const area = FILTER_SIZE * FILTER_SIZE;
  const weights = filters.weights.subarray(filter * area, (filter + 1) * area);
  for (let y = 0; y < MAP_SIZE; y += 1) {
    for (let x = 0; x < MAP_SIZE; x += 1) {
      let sum = filters.bias[filter] as number;
      for (let i = 0; i < area; i += 1) {
        const at = (y + Math.floor(i / FILTER_SIZE)) * IMAGE_SIZE + x + (i % FILTER_SIZE);
        sum += (weights[i] as number) * (image[at] as number);
      }
      map[y * MAP_SIZE + x] = sum;
    }
  }
}

/** Relu and MaxPool in one: the largest value of each square, or 0. */
function poolMap(map: Float32Array, into: Float32Array, start: number): void {
  for (let i = 0; i < map.length; i += 1) {
    const y = Math.floor(i / MAP_SIZE / POOL_SIZE);
    const x = Math.floor((i % MAP_SIZE) / POOL_SIZE);
    const at = start + y * POOLED_SIZE + x;
    into[at] = Math.max(into[at] as number, map[i] as number);
  }
}
