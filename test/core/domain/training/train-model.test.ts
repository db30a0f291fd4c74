import { describe, expect, it } from 'vitest';
import { readOnnxModel } from '../../../../core/domain/onnx/read-model.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';
import { type TrainModelRequest, trainModel } from '../../../../core/domain/training/train-model.ts';

const withCode = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

const random = createRandom(1);
const features = Array.from({ length: 400 }, () => [random.uniform(), random.uniform()]);
const labels = features.map(([a, b]) => (a! + b! > 1 ? 1 : 0));
const part = (from: number, to: number) => ({ features: features.slice(from, to), labels: labels.slice(from, to) });
const request = { ...part(0, 300), evaluation: part(300, 400), featureNames: ['a', 'b'], seed: 7 };

describe('training a model', () => {
  it.each(['hist-gradient-boosting', 'logistic-regression'] as const)(
    'by %s gives a file, metrics and hyperparameters',
    (algorithm) => {
      const trained = trainModel({ ...request, algorithm, metadata: { owner: 'risk' } });
      const model = readOnnxModel(trained.onnx);
      expect(model.metadata).toMatchObject({
        feature_names: '["a","b"]',
        trainer: `keelson/${algorithm}`,
        seed: '7',
        owner: 'risk',
      });
      expect(model.inputs.map(({ name, tensor }) => [name, tensor?.shape])).toEqual([['input', ['N', 2]]]);
      expect(model.outputs.map(({ name, tensor }) => [name, tensor?.shape])).toEqual([
        ['label', ['N']],
        ['probabilities', ['N', 2]],
      ]);
      expect(trained.classes).toEqual([0, 1]);
      expect(trained.metrics['roc_auc']).toBeGreaterThan(0.95);
      expect(trained.metrics['training_roc_auc']).toBeGreaterThan(0.95);
      expect(trained.metrics['rows']).toBe(100);
      expect(trained.hyperparameters).toHaveProperty('l2');
    },
  );

  it('measures the training rows only where there are no others', () => {
    const { evaluation, ...alone } = request;
    const names = Object.keys(trainModel({ ...alone, algorithm: 'logistic-regression' }).metrics);
    expect(evaluation.labels).toHaveLength(100);
    expect(names.every((name) => name.startsWith('training_'))).toBe(true);
  });

  it('says how many iterations early stopping kept', () => {
    const { hyperparameters } = trainModel({
      ...request,
      algorithm: 'hist-gradient-boosting',
      hyperparameters: { maxIterations: 500, validationShare: 0.3, patience: 3 },
    });
    expect(hyperparameters['iterations']).toBeLessThan(500);
    expect(hyperparameters['maxIterations']).toBe(500);
  });

  it('trains a regressor for the task regression', () => {
    const { metrics, classes } = trainModel({
      ...request,
      evaluation: undefined,
      labels: request.features.map(([a]) => 10 * a!),
      algorithm: 'hist-gradient-boosting',
      task: 'regression',
    });
    expect(classes).toBeNull();
    expect(metrics['training_root_mean_squared_error']).toBeLessThan(0.3);
  });

  it.each([
    ['algorithm', { algorithm: 'random-forest' }],
    ['task', { algorithm: 'logistic-regression', task: 'regression' }],
    ['task', { algorithm: 'hist-gradient-boosting', task: 'ranking' }],
  ])('fails for an unknown %s in %j', (option, wrong) => {
    expect(() => trainModel({ ...request, ...wrong } as TrainModelRequest)).toThrow(
      withCode('training.option_invalid', { option }),
    );
  });

  it('fails when there is not one name per feature', () => {
    expect(() => trainModel({ ...request, algorithm: 'logistic-regression', featureNames: ['a'] })).toThrow(
      withCode('training.shape_mismatch', { what: 'feature names', got: 1, expected: 2 }),
    );
  });
});
