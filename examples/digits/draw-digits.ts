import { createRandom, type Random } from '../../core/domain/training/random.ts';
import { normal, uniformBetween } from '../shared/distributions.ts';
import { GLYPH_COLUMNS, GLYPH_ROWS, glyphInk } from './glyphs.ts';

export const IMAGE_SIZE = 28;
export const PIXELS = IMAGE_SIZE * IMAGE_SIZE;

export interface DigitImages {
  /** Shape `[N, 1, 28, 28]`, values in [0, 1], image after image. */
  readonly pixels: Float32Array;
  /** The digit of each image. */
  readonly labels: Uint8Array;
}

interface Pose {
  readonly scale: number;
  readonly angle: number;
  readonly centerX: number;
  readonly centerY: number;
}

/**
 * Draws images of digits: a glyph of random size, rotation, place and contrast, with noise. The same seed gives the same
 * images. Digits come in turn, so classes are balanced.
 */
export function drawDigits({ seed, count }: { seed: number; count: number }): DigitImages {
  const random = createRandom(seed);
  const pixels = new Float32Array(count * PIXELS);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 10);
  labels.forEach((digit, index) => {
    drawDigit(digit, random, pixels.subarray(index * PIXELS, (index + 1) * PIXELS));
  });
  return { pixels, labels };
}

function drawDigit(digit: number, random: Random, image: Float32Array): void {
  const pose: Pose = {
    scale: uniformBetween(random, 2.4, 3.4),
    angle: uniformBetween(random, -0.2, 0.2),
    centerX: IMAGE_SIZE / 2 + uniformBetween(random, -3, 3),
    centerY: IMAGE_SIZE / 2 + uniformBetween(random, -2.5, 2.5),
  };
  const paper = uniformBetween(random, 0, 0.2);
  const contrast = uniformBetween(random, 0.5, 0.8);
  for (let i = 0; i < PIXELS; i += 1) {
    const ink = inkAt(digit, pose, { x: i % IMAGE_SIZE, y: Math.floor(i / IMAGE_SIZE) });
    image[i] = Math.min(1, Math.max(0, paper + contrast * ink + normal(random, 0, 0.08)));
  }
}

/** Ink under a pixel: the pixel is turned back into the glyph's cells, between which ink is interpolated. */
function inkAt(digit: number, { scale, angle, centerX, centerY }: Pose, { x, y }: { x: number; y: number }): number {
  const dx = (x + 0.5 - centerX) / scale;
  const dy = (y + 0.5 - centerY) / scale;
  const column = dx * Math.cos(angle) + dy * Math.sin(angle) + (GLYPH_COLUMNS - 1) / 2;
  const row = dy * Math.cos(angle) - dx * Math.sin(angle) + (GLYPH_ROWS - 1) / 2;
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [down, across] = [row - top, column - left];
  const inkOfRow = (r: number) => (1 - across) * glyphInk(digit, r, left) + across * glyphInk(digit, r, left + 1);
  return (1 - down) * inkOfRow(top) + down * inkOfRow(top + 1);
}
