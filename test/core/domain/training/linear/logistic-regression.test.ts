import { describe, expect, it } from 'vitest';
import { logisticLoss } from '../../../../../core/domain/training/linear/logistic-loss.ts';
import { logisticRegressionToOnnx } from '../../../../../core/domain/training/linear/logistic-regression-to-onnx.ts';
import { predictLogisticRegression } from '../../../../../core/domain/training/linear/predict-logistic-regression.ts';
import { trainLogisticRegression } from '../../../../../core/domain/training/linear/train-logistic-regression.ts';
import { predictedClasses } from '../../../../../core/domain/training/predicted-classes.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';
import { largestDifference, runOnnx } from '../../../../support/run-onnx.ts';

const withCode = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

/** Features of very different size, some missing; classes by noisy sums. */
function rowsOf({ seed, count, classes = 2 }: { seed: number; count: number; classes?: number }) {
  const random = createRandom(seed);
  const features = Array.from({ length: count }, () => {
    const [a, b, c] = [random.uniform(), random.uniform(), random.uniform()];
    return [a, random.uniform() < 0.1 ? Number.NaN : 2000 + 20 * b, c * 1e-4, 1.6e9 + random.below(1e6), 7];
  });
  const labels = features.map(([a, b]) => {
    const score = a! + (Number.isNaN(b) ? 0.5 : (b! - 2000) / 20) + 0.3 * (random.uniform() - 0.5);
    return Math.min(classes - 1, Math.floor((score / 2) * classes));
  });
  return { features, labels };
}

const names = ['a', 'year', 'tiny', 'time', 'constant'];

describe('the logistic loss', () => {
  it.each([2, 3])('has the gradient that finite differences show, for %d classes', (classCount) => {
    const random = createRandom(1);
    const problem = {
      scores: Float32Array.from({ length: 20 * 3 }, () => random.uniform() * 4 - 2),
      featureCount: 3,
      targets: Float64Array.from({ length: 20 }, () => random.below(classCount)),
      weights: Float64Array.from({ length: 20 }, () => random.uniform()),
      classCount,
      l2: 0.7,
    };
    const loss = logisticLoss(problem);
    const size = (classCount === 2 ? 1 : classCount) * 4;
    const point = Float64Array.from({ length: size }, () => random.uniform() - 0.5);
    const gradient = new Float64Array(size);
    loss(point, gradient);
    const scratch = new Float64Array(size);
    for (let i = 0; i < size; i += 1) {
      const at = (shift: number) => loss(point.with(i, point[i]! + shift), scratch);
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 8);
    }
  });
});

describe('training logistic regression', () => {
  it('gives the closed form for one binary feature without penalty: the log odds of each group', () => {
    const counts = [
      [0, 0, 30],
      [0, 1, 10],
      [1, 0, 5],
      [1, 1, 15],
    ] as const;
    const rows = counts.flatMap(([x, y, n]) => Array.from({ length: n }, () => [x, y] as const));
    const data = { features: rows.map(([x]) => [x]), labels: rows.map(([, y]) => y) };
    const model = trainLogisticRegression(data, { seed: 1, l2: 0, tolerance: 1e-8 });
    const [, low, , high] = predictLogisticRegression(model, [[0], [1]]);
    expect(low).toBeCloseTo(0.25, 5);
    expect(high).toBeCloseTo(0.75, 5);
  });

  it('counts weights as repeated rows, and class weights alike', () => {
    const data = { features: [[0], [0], [1], [1]], labels: [0, 1, 0, 1] };
    const options = { seed: 1, l2: 0, tolerance: 1e-8 };
    const weighted = trainLogisticRegression({ ...data, weights: [1, 3, 1, 3] }, options);
    const byClass = trainLogisticRegression(data, { ...options, classWeights: { '1': 3 } });
    expect(predictLogisticRegression(weighted, [[0]])[1]).toBeCloseTo(0.75, 5);
    expect(predictLogisticRegression(byClass, [[0]])[1]).toBeCloseTo(0.75, 5);
  });

  it('treats a missing value as the mean and an infinity as a value beyond all others', () => {
    const features = [[1], [2], [3], [Number.NaN], [Number.POSITIVE_INFINITY]];
    const model = trainLogisticRegression({ features, labels: [0, 0, 1, 0, 1] }, { seed: 1 });
    const [missing, mean, infinite, lowest] = [
      [Number.NaN],
      [2],
      [Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY],
    ].map((row) => predictLogisticRegression(model, [row])[1]!);
    expect(missing).toBe(mean);
    expect(infinite).toBeGreaterThan(0.99);
    expect(lowest).toBeLessThan(0.01);
  });

  it('says nothing from a feature that is constant or always missing', () => {
    const features = [0, 1, 2, 3].map((x) => [x, 7, Number.NaN]);
    const model = trainLogisticRegression({ features, labels: [0, 0, 1, 1] }, { seed: 1 });
    const ask = (row: number[]) => predictLogisticRegression(model, [row])[1];
    expect(ask([1, 7, Number.NaN])).toBe(ask([1, Number.POSITIVE_INFINITY, 1e30]));
  });

  it('gives the same bytes for the same data', () => {
    const data = rowsOf({ seed: 2, count: 200 });
    const bytes = () => logisticRegressionToOnnx(trainLogisticRegression(data, { seed: 3 }), { featureNames: names });
    expect(bytes()).toEqual(bytes());
  });

  it.each([
    ['l2', -1],
    ['maxIterations', 0],
    ['tolerance', 0],
    ['penalty', 'l1'],
  ])('fails for the option %s = %j', (option, value) => {
    const data = { features: [[1], [2]], labels: [0, 1] };
    expect(() => trainLogisticRegression(data, { seed: 1, [option]: value })).toThrow(
      withCode('training.option_invalid', { option }),
    );
  });

  it('fails for one class only', () => {
    expect(() => trainLogisticRegression({ features: [[1], [2]], labels: [3, 3] }, { seed: 1 })).toThrow(
      withCode('training.one_class', { classes: [3] }),
    );
  });
});

describe('logistic regression against ONNX Runtime', () => {
  it.each([
    [2, 1],
    [2, 1000],
    [5, 1],
    [5, 1000],
  ])('agrees within 10⁻⁶ for %d classes and %d rows, with missing values and infinities', async (classes, count) => {
    const data = rowsOf({ seed: 4, count: 1200, classes });
    const model = trainLogisticRegression(data, { seed: 1 });
    const infinite = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1.6e9, Number.POSITIVE_INFINITY];
    const rows = [infinite, ...data.features].slice(0, count);
    const onnx = logisticRegressionToOnnx(model, { featureNames: names });
    const own = predictLogisticRegression(model, rows);
    const answer = await runOnnx(onnx, Float32Array.from(rows.flat()), { shape: [rows.length, 5] });
    expect(largestDifference(own, answer.probabilities)).toBeLessThan(1e-6);
    expect([...predictedClasses(own, model.classes)]).toEqual(answer.label);
  });

  it('learns several classes', () => {
    const { features, labels } = rowsOf({ seed: 5, count: 1000, classes: 3 });
    const model = trainLogisticRegression({ features, labels }, { seed: 1 });
    const predicted = predictedClasses(predictLogisticRegression(model, features), model.classes);
    expect(labels.filter((label, i) => label === predicted[i]).length).toBeGreaterThan(850);
  });
});
