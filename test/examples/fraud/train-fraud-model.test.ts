import { describe, expect, it } from 'vitest';
import { FRAUD_FEATURES } from '../../../examples/fraud/features.ts';
import { trainFraudModel } from '../../../examples/fraud/train-fraud-model.ts';
import { runOnnx } from '../../support/run-onnx.ts';

const OPTIONS = { seed: 1, days: 60, customers: 200, terminals: 100, radius: 15 };

describe('training the fraud example', () => {
  const training = trainFraudModel(OPTIONS);

  it('ranks fraud of days it has not seen far above chance', () => {
    expect(training.metrics['roc_auc']).toBeGreaterThan(0.8);
    expect(training.metrics['average_precision']).toBeGreaterThan(10 * training.metrics['prevalence']!);
  });

  it('leaves the label delay as a gap between training and test', () => {
    expect(training.lineage).toMatchObject({ trainingDays: [20, 41], testDays: [48, 60], labelDelayDays: 7 });
  });

  it('gives the same model and digest for the same seed', () => {
    const again = trainFraudModel(OPTIONS);
    expect(again.onnx).toEqual(training.onnx);
    expect(again.lineage).toEqual(training.lineage);
    expect(training.lineage.datasetDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives frauds and honest rows to try, on which the file tells them apart', async () => {
    const rows = training.samples.map(({ input }) => input as number[]);
    const answer = await runOnnx(training.onnx, Float32Array.from(rows.flat()), {
      shape: [rows.length, FRAUD_FEATURES.length],
    });
    const mean = (label: number) => {
      const own = training.samples.flatMap((sample, i) =>
        sample.label === label ? [answer.probabilities[2 * i + 1]!] : [],
      );
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    expect(training.samples).toHaveLength(10);
    expect(mean(1)).toBeGreaterThan(mean(0) + 0.2);
  });
});
