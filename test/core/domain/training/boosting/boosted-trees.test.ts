import { describe, expect, it } from 'vitest';
import { boostedTreesToOnnx } from '../../../../../core/domain/training/boosting/boosted-trees-to-onnx.ts';
import { predictBoostedTrees } from '../../../../../core/domain/training/boosting/predict-boosted-trees.ts';
import {
  trainBoostedClassifier,
  trainBoostedRegressor,
} from '../../../../../core/domain/training/boosting/train-boosted-trees.ts';
import { predictedClasses } from '../../../../../core/domain/training/predicted-classes.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';
import { largestDifference, runOnnx } from '../../../../support/run-onnx.ts';

const withCode = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

/** Rows of numbers with missing values and infinities among them; the label depends on two of them and on a gap. */
function messyRows({ seed, count, classes = 2 }: { seed: number; count: number; classes?: number }) {
  const random = createRandom(seed);
  const cell = () => {
    const chance = random.uniform();
    if (chance < 0.1) return Number.NaN;
    if (chance < 0.12) return Number.POSITIVE_INFINITY;
    if (chance < 0.14) return Number.NEGATIVE_INFINITY;
    return Math.fround(random.uniform() * 10 - 5);
  };
  const features = Array.from({ length: count }, () => [cell(), cell(), cell(), random.below(3)]);
  const labels = features.map(([a, b, c]) => {
    const score = (a! > 0 ? 1 : 0) + (Number.isNaN(b) ? 1 : b! > 2 ? 1 : 0) + (random.uniform() < 0.1 ? 1 : 0);
    return Math.min(classes - 1, score + (c! > 4 ? 1 : 0));
  });
  return { features, labels };
}

const accuracyOf = (labels: readonly number[], predicted: ArrayLike<number>) =>
  labels.filter((label, i) => label === predicted[i]).length / labels.length;

const names = ['a', 'b', 'c', 'd'];

/** Rows at every threshold of the model and one float to either side of it. */
function rowsAtThresholds(model: ReturnType<typeof trainBoostedClassifier>): number[][] {
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  const neighbour = (value: number, step: number) => {
    float[0] = value;
    bits[0]! += step;
    return float[0];
  };
  return model.trees.flat().flatMap((tree) =>
    [...tree.feature].flatMap((feature, node) =>
      feature < 0
        ? []
        : [-1, 0, 1].map((step) => {
            const row = [0.5, Number.NaN, -1, 1];
            row[feature] = neighbour(tree.threshold[node]!, step);
            return row;
          }),
    ),
  );
}

describe('boosted trees against ONNX Runtime', () => {
  const data = messyRows({ seed: 1, count: 3000 });
  const model = trainBoostedClassifier(data, { seed: 1, maxIterations: 120 });
  const onnx = boostedTreesToOnnx(model, { featureNames: names });
  const ask = (rows: readonly (readonly number[])[], threads?: number) =>
    runOnnx(onnx, Float32Array.from(rows.flat()), {
      shape: [rows.length, 4],
      ...(threads !== undefined && { threads }),
    });

  it('agree within 10⁻⁶ on 1,000 rows with missing values and infinities, through 120 trees', async () => {
    const rows = messyRows({ seed: 2, count: 1000 }).features;
    const own = predictBoostedTrees(model, rows);
    const answer = await ask(rows);
    expect(model.trees).toHaveLength(120);
    expect(largestDifference(own, answer.probabilities)).toBeLessThan(1e-6);
    expect([...predictedClasses(own, [0, 1])]).toEqual(answer.label);
  });

  it('agree on values exactly at each threshold and one float beside it', async () => {
    const rows = rowsAtThresholds(model);
    const answer = await ask(rows);
    expect(rows.length).toBeGreaterThan(3000);
    expect(largestDifference(predictBoostedTrees(model, rows), answer.probabilities)).toBeLessThan(1e-6);
  });

  it('agree on rows that are missing, infinite or extreme throughout', async () => {
    const extremes = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4e38, -3.4e38, 0, -0, 1e-45];
    const rows = extremes.map((value) => [value, value, value, value]);
    const answer = await ask(rows);
    expect(largestDifference(predictBoostedTrees(model, rows), answer.probabilities)).toBeLessThan(1e-6);
  });

  it('get the same bits for a row alone and among a thousand, on one thread and on two', async () => {
    const rows = messyRows({ seed: 3, count: 1000 }).features;
    const together = await ask(rows, 2);
    const single = await ask(rows, 1);
    expect(single.probabilities).toEqual(together.probabilities);
    for (const row of [0, 17, 999]) {
      const alone = await ask([rows[row]!]);
      expect([...alone.probabilities]).toEqual([...together.probabilities.subarray(2 * row, 2 * row + 2)]);
    }
  });

  it('agree for several classes whose labels are no indices', async () => {
    const { features, labels } = messyRows({ seed: 4, count: 1500, classes: 4 });
    const shifted = labels.map((label) => label * 10 - 5);
    const several = trainBoostedClassifier({ features, labels: shifted }, { seed: 1, maxIterations: 30 });
    const own = predictBoostedTrees(several, features);
    const answer = await runOnnx(
      boostedTreesToOnnx(several, { featureNames: names, inputName: 'x' }),
      Float32Array.from(features.flat()),
      {
        shape: [1500, 4],
        input: 'x',
      },
    );
    expect(several.classes).toEqual([-5, 5, 15, 25]);
    expect(largestDifference(own, answer.probabilities)).toBeLessThan(1e-6);
    expect([...predictedClasses(own, several.classes!)]).toEqual(answer.label);
    expect(accuracyOf(shifted, answer.label)).toBeGreaterThan(0.9);
  });

  it('agree to the bit for regression', async () => {
    const { features } = messyRows({ seed: 5, count: 800 });
    const targets = features.map(([a, , c]) => 1000 + 50 * (Number.isFinite(a) ? a! : 0) + (c! > 0 ? 30 : 0));
    const regressor = trainBoostedRegressor({ features, labels: targets }, { seed: 1 });
    const own = predictBoostedTrees(regressor, features);
    const answer = await runOnnx(
      boostedTreesToOnnx(regressor, { featureNames: names }),
      Float32Array.from(features.flat()),
      {
        shape: [800, 4],
      },
    );
    expect(own).toEqual(answer.prediction);
    const squared = own.reduce((sum, value, i) => sum + (value - targets[i]!) ** 2, 0) / own.length;
    expect(Math.sqrt(squared)).toBeLessThan(20);
  });
});

describe('training boosted trees', () => {
  it('gives the same bytes for the same seed and data', () => {
    const data = messyRows({ seed: 6, count: 600 });
    const bytes = (seed: number) =>
      boostedTreesToOnnx(trainBoostedClassifier(data, { seed, maxIterations: 20, validationShare: 0.2 }), {
        featureNames: names,
      });
    expect(bytes(9)).toEqual(bytes(9));
    expect(bytes(9)).not.toEqual(bytes(10));
  });

  it('learns an interaction that no single feature shows', () => {
    const random = createRandom(7);
    const features = Array.from({ length: 1000 }, () => [random.uniform(), random.uniform()]);
    const labels = features.map(([x, y]) => (x! > 0.5 === y! > 0.4 ? 1 : 0));
    const model = trainBoostedClassifier({ features, labels }, { seed: 1 });
    expect(accuracyOf(labels, predictedClasses(predictBoostedTrees(model, features), [0, 1]))).toBeGreaterThan(0.98);
  });

  it('learns from missing values alone, in the exported file too', async () => {
    const features = Array.from({ length: 200 }, (_, i) => [i % 2 === 0 ? Number.NaN : 1]);
    const labels = features.map(([x]) => (Number.isNaN(x) ? 1 : 0));
    const model = trainBoostedClassifier({ features, labels }, { seed: 1, maxIterations: 50 });
    const rows = [Number.NaN, 1, Number.POSITIVE_INFINITY, -5];
    const onnx = boostedTreesToOnnx(model, { featureNames: ['x'] });
    const answer = await runOnnx(onnx, Float32Array.from(rows), { shape: [4, 1] });
    expect(answer.label).toEqual([1, 0, 0, 0]);
    expect(answer.probabilities[1]).toBeGreaterThan(0.95);
    expect(
      largestDifference(
        predictBoostedTrees(
          model,
          rows.map((x) => [x]),
        ),
        answer.probabilities,
      ),
    ).toBeLessThan(1e-6);
  });

  it('gives the prevalence, weighted, where features say nothing', () => {
    const data = { features: [[1], [1], [1], [1]], labels: [0, 0, 0, 1], weights: [1, 1, 1, 9] };
    const model = trainBoostedClassifier(data, { seed: 1 });
    expect(model.trees).toHaveLength(1);
    expect(predictBoostedTrees(model, [[5]])[1]).toBeCloseTo(0.75, 5);
  });

  it('treats a row of weight 3 like the row three times', () => {
    const { features, labels } = messyRows({ seed: 8, count: 400 });
    const weights = labels.map((label) => (label === 1 ? 3 : 1));
    const repeated = features.flatMap((row, i) => Array<number[]>(weights[i]!).fill(row));
    const repeatedLabels = labels.flatMap((label, i) => Array<number>(weights[i]!).fill(label));
    const options = { seed: 1, maxIterations: 5, minSamplesLeaf: 1 };
    const weighted = trainBoostedClassifier({ features, labels, weights }, options);
    const copied = trainBoostedClassifier({ features: repeated, labels: repeatedLabels }, options);
    const byClass = trainBoostedClassifier({ features, labels }, { ...options, classWeights: { '1': 3 } });
    const own = predictBoostedTrees(weighted, features);
    expect(largestDifference(own, predictBoostedTrees(copied, features))).toBeLessThan(1e-5);
    expect(predictBoostedTrees(byClass, features)).toEqual(own);
  });

  it('starts at even odds with balanced classes', () => {
    const data = { features: [[1], [1], [1], [1]], labels: [0, 0, 0, 1] };
    const model = trainBoostedClassifier(data, { seed: 1, classWeights: 'balanced' });
    expect(predictBoostedTrees(model, [[1]])[1]).toBeCloseTo(0.5, 6);
  });

  it('stops early on noise and keeps all trees without a validation part', () => {
    const random = createRandom(9);
    const features = Array.from({ length: 1000 }, () => [random.uniform(), random.uniform()]);
    const labels = features.map(() => random.below(2));
    const run = (validationShare: number) =>
      trainBoostedClassifier({ features, labels }, { seed: 1, maxIterations: 60, validationShare });
    expect(run(0.2).trees.length).toBeLessThan(20);
    expect(run(0).trees).toHaveLength(60);
  });

  it('keeps leaves of at least minSamplesLeaf rows and at most maxLeaves', () => {
    const { features, labels } = messyRows({ seed: 10, count: 500 });
    const model = trainBoostedClassifier(
      { features, labels },
      { seed: 1, maxLeaves: 7, minSamplesLeaf: 60, maxIterations: 10 },
    );
    const leavesOf = (tree: (typeof model.trees)[0][0]) => tree.feature.filter((feature) => feature < 0).length;
    expect(Math.max(...model.trees.map(([tree]) => leavesOf(tree!)))).toBeLessThanOrEqual(7);
    const single = trainBoostedClassifier({ features, labels }, { seed: 1, minSamplesLeaf: 251 });
    expect(leavesOf(single.trees[0]![0]!)).toBe(1);
  });

  it('limits what one tree may say about a rare class', () => {
    const features = Array.from({ length: 5000 }, (_, i) => [i < 25 ? 1 : 0]);
    const labels = features.map(([x]) => x!);
    const first = (maxLeafDelta: number) =>
      predictBoostedTrees(trainBoostedClassifier({ features, labels }, { seed: 1, maxIterations: 1, maxLeafDelta }), [
        [1],
      ])[1]!;
    expect(first(1e9)).toBeGreaterThan(0.99);
    expect(first(5)).toBeLessThan(0.02);
  });

  it.each([
    ['training.no_rows', { features: [], labels: [] }, {}],
    ['training.no_rows', { features: [[1], [2]], labels: [0, 1], weights: [0, 0] }, {}],
    ['training.shape_mismatch', { features: [[1], [2, 3]], labels: [0, 1] }, { got: 2, expected: 1 }],
    ['training.shape_mismatch', { features: [[], []], labels: [0, 1] }, { what: 'features' }],
    ['training.shape_mismatch', { features: [[1], [2]], labels: [0] }, { what: 'labels', got: 1, expected: 2 }],
    ['training.shape_mismatch', { features: [[1], [2]], labels: [0, 1], weights: [1] }, { what: 'weights' }],
    ['training.label_invalid', { features: [[1], [2]], labels: [0, Number.NaN] }, { row: 1, got: 'NaN' }],
    ['training.label_invalid', { features: [[1], [2]], labels: [0, 0.5] }, { row: 1, got: '0.5' }],
    ['training.weight_invalid', { features: [[1], [2]], labels: [0, 1], weights: [1, -1] }, { row: 1, got: '-1' }],
    ['training.one_class', { features: [[1], [2]], labels: [1, 1] }, { classes: [1] }],
    ['training.one_class', { features: [[1], [2]], labels: [1, 0], weights: [1, 0] }, { classes: [1] }],
  ])('fails with %s for %j', (code, data, details) => {
    expect(() => trainBoostedClassifier(data, { seed: 1 })).toThrow(withCode(code, details));
  });

  it.each([
    ['maxIterations', 0],
    ['maxIterations', 1.5],
    ['learningRate', 0],
    ['learningRate', Number.NaN],
    ['maxLeaves', 1],
    ['minSamplesLeaf', 0],
    ['l2', -1],
    ['l2', Number.POSITIVE_INFINITY],
    ['minGain', -1],
    ['maxBins', 256],
    ['maxLeafDelta', 0],
    ['validationShare', 1],
    ['patience', 0],
    ['seed', -1],
    ['seed', 0.5],
    ['learningrate', 0.1],
    ['learningRate', '0.1'],
    ['classWeights', 'even'],
    ['classWeights', { '7': 2 }],
  ])('fails for the option %s = %j', (option, value) => {
    const data = { features: [[1], [2]], labels: [0, 1] };
    expect(() => trainBoostedClassifier(data, { seed: 1, [option]: value })).toThrow(
      withCode('training.option_invalid', { option }),
    );
  });

  it('fails for a class weight of 0, and for rows of another width than the model', () => {
    const data = { features: [[1], [2]], labels: [0, 1] };
    expect(() => trainBoostedClassifier(data, { seed: 1, classWeights: { '1': 0 } })).toThrow(
      withCode('training.option_invalid'),
    );
    const model = trainBoostedClassifier(data, { seed: 1 });
    expect(() => predictBoostedTrees(model, [[1, 2]])).toThrow(
      withCode('training.shape_mismatch', { got: 2, expected: 1 }),
    );
    expect(() => boostedTreesToOnnx(model, { featureNames: [] })).toThrow(withCode('training.shape_mismatch'));
  });
});
