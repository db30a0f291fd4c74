import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type BiasMetric, biasReport } from '../../../../core/domain/bias/bias-report.ts';
import { demographicDisparity } from '../../../../core/domain/bias/demographic-disparity.ts';
import { divide, subtract } from '../../../../core/domain/bias/divide.ts';
import type { BiasRows } from '../../../../core/domain/bias/facet-counts.ts';
import { flipTest } from '../../../../core/domain/bias/flip-test.ts';
import { passesFourFifths } from '../../../../core/domain/bias/four-fifths-rule.ts';
import { generalizedEntropy } from '../../../../core/domain/bias/generalized-entropy.ts';
import { labelDistances } from '../../../../core/domain/bias/label-distributions.ts';
import { postTrainingMetrics } from '../../../../core/domain/bias/post-training-metrics.ts';
import { preTrainingMetrics } from '../../../../core/domain/bias/pre-training-metrics.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';
import { caught } from '../../../support/caught.ts';
import { missing, SHARED } from '../../../support/shared.ts';

const ones = (rows: BiasRows) => new Float64Array(rows.labels.length).fill(1);
const ENDLESS = Number.POSITIVE_INFINITY;

/** Rows from confusion matrices `[true negative, false negative, false positive, true positive]`. */
function rowsOf(a: readonly number[], d: readonly number[]): BiasRows {
  const cells = [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const;
  const rows = [a, d].flatMap((counts, facet) =>
    counts.flatMap((count, cell) =>
      Array.from({ length: count }, () => [facet, ...(cells[cell] as readonly [number, number])] as const),
    ),
  );
  return {
    disadvantaged: rows.map(([facet]) => facet),
    labels: rows.map(([, label]) => label),
    predicted: rows.map(([, , predicted]) => predicted),
  };
}

/** The example that AWS's pages carry through: predictions of 100 rows of facet a and 50 of facet d. */
const AWS = rowsOf([20, 5, 10, 65], [18, 7, 5, 20]);

describe('Clarify’s metrics of predictions', () => {
  it('are the numbers of AWS’s example', () => {
    const metrics = postTrainingMetrics(AWS, ones(AWS));
    const expected = {
      DPPL: 75 / 100 - 25 / 50,
      DI: 0.5 / 0.75,
      DCAcc: 70 / 75 - 27 / 25,
      DCR: 23 / 25 - 30 / 25,
      RD: 65 / 70 - 20 / 27,
      SD: 18 / 23 - 20 / 30,
      DAR: 65 / 75 - 20 / 25,
      DRR: 18 / 25 - 20 / 25,
      AD: 85 / 100 - 38 / 50,
      TE: 7 / 5 - 5 / 10,
      CDDPL: 25 / 50 - 25 / 100,
    };
    for (const [name, value] of Object.entries(expected)) {
      expect(metrics[name as keyof typeof expected], name).toBeCloseTo(value, 12);
    }
    expect(metrics.SD).toBeCloseTo(0.1159, 4);
  });

  it('take 0/0 as 0 and x/0 as infinite, and do not tell two infinities apart', () => {
    const nobody = rowsOf([5, 5, 0, 0], [5, 5, 0, 0]);
    expect(postTrainingMetrics(nobody, ones(nobody))).toMatchObject({ DI: 0, DCAcc: 0, DAR: 0, TE: 0, DPPL: 0, RD: 0 });
    const onlyD = rowsOf([5, 5, 0, 0], [5, 0, 0, 5]);
    expect(postTrainingMetrics(onlyD, ones(onlyD))).toMatchObject({ DI: ENDLESS, DCAcc: ENDLESS, TE: -ENDLESS });
    expect([divide(0, 0), divide(2, 0), divide(-2, 0), divide(1, 4)]).toEqual([0, ENDLESS, -ENDLESS, 0.25]);
    expect([subtract(ENDLESS, ENDLESS), subtract(1, ENDLESS), subtract(3, 1)]).toEqual([0, -ENDLESS, 2]);
  });

  it('change their sign, and DI its side, where the facets change places', () => {
    const swapped = { ...AWS, disadvantaged: Array.from(AWS.disadvantaged, (d) => 1 - d) };
    const [there, back] = [AWS, swapped].map((rows) => postTrainingMetrics(rows, ones(rows)));
    for (const name of ['DPPL', 'DCAcc', 'DCR', 'RD', 'SD', 'DAR', 'DRR', 'AD', 'TE', 'CDDPL'] as const) {
      expect(back?.[name], name).toBeCloseTo(-(there?.[name] ?? Number.NaN), 12);
    }
    expect((back?.DI ?? 0) * (there?.DI ?? 0)).toBeCloseTo(1, 12);
    expect(back?.GE).toBe(there?.GE);
  });

  it.each(['advantaged', 'disadvantaged'])('fail where no row belongs to the %s facet', (facet) => {
    const rows = {
      ...AWS,
      disadvantaged: Array.from(AWS.labels, () => (facet === 'advantaged' ? 1 : 0)),
    };
    for (const metrics of [preTrainingMetrics, postTrainingMetrics]) {
      expect(caught(() => metrics(rows, ones(rows)))).toMatchObject({ code: 'bias.facet_empty', details: { facet } });
    }
  });
});

describe('Clarify’s metrics of labels', () => {
  it('measure how facets differ in number and in labels', () => {
    const metrics = preTrainingMetrics(AWS, ones(AWS));
    expect(metrics.CI).toBeCloseTo(50 / 150, 12);
    expect(metrics.DPL).toBeCloseTo(0.7 - 0.54, 12);
    expect(metrics.KL).toBeCloseTo(0.7 * Math.log(0.7 / 0.54) + 0.3 * Math.log(0.3 / 0.46), 12);
    expect(metrics.LP).toBeCloseTo(Math.SQRT2 * 0.16, 12);
    expect([metrics.TVD, metrics.KS]).toEqual([expect.closeTo(0.16, 12), expect.closeTo(0.16, 12)]);
    expect(metrics.CDDL).toBeCloseTo(23 / 53 - 27 / 97, 12);
  });

  it('know any number of labels', () => {
    const same = labelDistances({ a: [1, 2, 3], d: [10, 20, 30] });
    for (const value of Object.values(same)) expect(value).toBeCloseTo(0, 12);
    const apart = labelDistances({ a: [4, 0, 0], d: [0, 2, 2] });
    expect(apart).toEqual({ KL: ENDLESS, JS: Math.log(2), LP: Math.hypot(1, 0.5, 0.5), TVD: 1, KS: 1 });
  });

  it('see through Simpson’s paradox by strata', () => {
    // Each department accepts women as it accepts men; women apply where most are refused.
    const applicants = (group: string, d: number, [accepted, rejected]: readonly [number, number]) =>
      Array.from({ length: accepted + rejected }, (_, i) => ({ group, d, accepted: i < accepted ? 1 : 0 }));
    const all = [
      ...applicants('hard', 1, [8, 32]),
      ...applicants('easy', 1, [8, 2]),
      ...applicants('hard', 0, [2, 8]),
      ...applicants('easy', 0, [32, 8]),
    ];
    const columns = [all.map(({ accepted }) => accepted), all.map(({ d }) => d)] as const;
    const weights = new Float64Array(all.length).fill(1);
    expect(demographicDisparity(...columns, { weights })).toBeCloseTo(34 / 50 - 16 / 50, 12);
    expect(demographicDisparity(...columns, { weights, groups: all.map(({ group }) => group) })).toBeCloseTo(0, 12);
    expect(demographicDisparity([1, 1], [1, 0], { weights: [1, 1] })).toBe(-0.5);
    expect(demographicDisparity([], [], { weights: [] })).toBe(0);
  });
});

describe('generalized entropy', () => {
  it('is half the squared coefficient of variation of what each row gets', () => {
    const [labels, predicted, weights] = [
      [0, 1, 0, 1],
      [0, 1, 1, 0],
      [1, 1, 1, 1],
    ];
    // Benefits 1, 1, 2, 0: mean 1, variance 0.5.
    expect(generalizedEntropy(labels, predicted, { weights })).toBeCloseTo(0.25, 12);
    expect(generalizedEntropy(labels, predicted, { weights, alpha: 3 })).toBeCloseTo((0 + 0 + 7 - 1) / (4 * 3 * 2), 12);
    expect(generalizedEntropy([1, 1], [0, 0], { weights: [1, 1] })).toBe(0);
  });

  it.each([0, 1])('fails for an alpha of %d', (alpha) => {
    expect(caught(() => generalizedEntropy([0], [0], { weights: [1], alpha })).code).toBe('training.option_invalid');
  });
});

describe('the flip test', () => {
  it('asks what neighbours of the other facet were given', () => {
    // Eleven rows of a with the favourable outcome below 5; rows of d never have it.
    const a = Array.from({ length: 11 }, (_, i) => [i]);
    const d = [[0], [1], [9.6], [10]];
    const features = [...a, ...d];
    const disadvantaged = features.map((_, i) => (i < 11 ? 0 : 1));
    const predicted = features.map(([x = 0], i) => (i < 11 && x < 5 ? 1 : 0));
    expect(flipTest({ features, disadvantaged, predicted })).toBe(0.5);
    const favoured = predicted.map((outcome, i) => (i >= 13 ? 1 : outcome));
    expect(flipTest({ features, disadvantaged, predicted: favoured })).toBe(0);
  });

  it('asks the nearest alone where facet a has at most ten rows, and of two equally near the earlier', () => {
    const features = [
      [0, 0],
      [2, 0],
      [9, 9],
      [1, 0],
    ];
    expect(flipTest({ features, disadvantaged: [0, 0, 0, 1], predicted: [1, 0, 0, 0] })).toBe(1);
    expect(flipTest({ features, disadvantaged: [0, 0, 0, 1], predicted: [0, 1, 1, 0] })).toBe(0);
  });

  it.each([0, 1])('fails where all rows belong to facet %d', (facet) => {
    expect(caught(() => flipTest({ features: [[1]], disadvantaged: [facet], predicted: [1] })).code).toBe(
      'bias.facet_empty',
    );
  });
});

it.each([
  [0.8, true],
  [1.25, true],
  [1, true],
  [0.7999, false],
  [1.2501, false],
  [0, false],
  [ENDLESS, false],
])('a disparate impact of %d passes the four-fifths rule: %s', (impact, passes) =>
  expect(passesFourFifths(impact)).toBe(passes),
);

describe('a report on bias', () => {
  it('gives every metric with its interval, the same for the same seed', () => {
    const report = () => biasReport(AWS, { random: createRandom(1), resamples: 200 });
    expect(report()).toEqual(report());
    const { rows, metrics, fourFifths } = report();
    expect(rows).toEqual({ advantaged: 100, disadvantaged: 50 });
    expect(Object.keys(metrics)).toHaveLength(20);
    for (const name of ['DPPL', 'DI', 'RD', 'AD', 'DPL'] as const) {
      expect(metrics[name].lower, name).toBeLessThan(metrics[name].value);
      expect(metrics[name].upper, name).toBeGreaterThan(metrics[name].value);
    }
    // 0.67, but 150 rows leave room for 0.8 and more.
    expect(fourFifths).toEqual({ passes: false, isCertain: false });
  });

  it('is certain where the whole interval says the same', () => {
    const fair = rowsOf([1_000, 200, 200, 1_000], [1_000, 200, 200, 1_000]);
    expect(biasReport(fair, { random: createRandom(1), resamples: 50 }).fourFifths).toEqual({
      passes: true,
      isCertain: true,
    });
  });

  it('knows no bounds where resamples keep losing a facet', () => {
    const { metrics } = biasReport(rowsOf([5, 5, 5, 5], [0, 0, 0, 1]), { random: createRandom(1) });
    expect(metrics.DI).toEqual({ value: 2, lower: Number.NaN, upper: Number.NaN });
  });
});

interface ByHand {
  readonly rows: number;
  readonly facets: { a: number; d: number };
  readonly metrics: Record<BiasMetric, number>;
  readonly predicted: string;
}

const WITHOUT_ADULT = missing('data', 'adult.csv.gz');

describe('the Adult data', () => {
  const byHand = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../fixtures/bias/adult-by-hand.json'), 'utf8'),
  ) as ByHand;

  it.skipIf(WITHOUT_ADULT)(`have the bias that a script finds by hand ${WITHOUT_ADULT ?? ''}`, () => {
    const table = parse(gunzipSync(readFileSync(join(SHARED, 'data', 'adult.csv.gz'))), { columns: true }) as Record<
      string,
      string
    >[];
    const test = table.filter((_, index) => index % 5 === 0);
    const rows = {
      disadvantaged: test.map(({ sex }) => (sex === 'Female' ? 1 : 0)),
      labels: test.map(({ income_gt_50k: target }) => Number(target)),
      predicted: [...byHand.predicted].map(Number),
      groups: test.map(({ education = '' }) => education),
    };
    const report = biasReport(rows, { random: createRandom(1), resamples: 20 });
    expect(report.rows).toEqual({ advantaged: byHand.facets.a, disadvantaged: byHand.facets.d });
    expect(Object.keys(report.metrics).sort()).toEqual(Object.keys(byHand.metrics).sort());
    for (const [name, value] of Object.entries(byHand.metrics)) {
      expect(report.metrics[name as BiasMetric].value, name).toBeCloseTo(value, 10);
    }
    expect(report.metrics.DI.value).toBeCloseTo(0.297, 2);
    expect(report.metrics.DPL.value).toBeCloseTo(0.196, 3);
    expect(report.fourFifths).toEqual({ passes: false, isCertain: true });
  });
});
