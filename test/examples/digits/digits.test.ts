import { describe, expect, it } from 'vitest';
import { drawDigits, IMAGE_SIZE, PIXELS } from '../../../examples/digits/draw-digits.ts';
import { trainDigitsModel } from '../../../examples/digits/train-digits-model.ts';
import { largestDifference, runOnnx } from '../../support/run-onnx.ts';

describe('the digits example', () => {
  const training = trainDigitsModel({ seed: 1, trainingImages: 800, testImages: 400 });

  it('recognises at least 95 % of images it has not seen', () => {
    expect(training.metrics['rows']).toBe(400);
    expect(training.metrics['accuracy']).toBeGreaterThanOrEqual(0.95);
  });

  it.each([1, 300])('is exported as one graph that agrees within 10⁻⁶ on %d images', async (count) => {
    const { pixels } = drawDigits({ seed: 99, count });
    const shape = [count, 1, IMAGE_SIZE, IMAGE_SIZE];
    const answer = await runOnnx(training.onnx, pixels, { shape, input: 'image' });
    expect(largestDifference(training.predict(pixels), answer.probabilities)).toBeLessThan(1e-6);
    expect(answer.label).toHaveLength(count);
  });

  it('gives images to try, as nested lists with their digit', () => {
    const [first] = training.samples;
    const image = first?.input as number[][][];
    expect([image.length, image[0]?.length, image[0]?.[0]?.length]).toEqual([1, 28, 28]);
    expect(training.samples.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('drawing digits', () => {
  it('gives the same images for the same seed, other ones for another, all values in [0, 1]', () => {
    const draw = (seed: number) => drawDigits({ seed, count: 20 });
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5).pixels).not.toEqual(draw(6).pixels);
    expect(draw(5).pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('never draws the same image of a digit twice', () => {
    const { pixels } = drawDigits({ seed: 5, count: 11 });
    expect(pixels.subarray(0, PIXELS)).not.toEqual(pixels.subarray(10 * PIXELS));
  });

  it('gives the same model for the same seed', () => {
    const bytes = () => trainDigitsModel({ seed: 3, trainingImages: 60, testImages: 20, filters: 2 }).onnx;
    expect(bytes()).toEqual(bytes());
  });
});
