import { rocAuc } from '../training/metrics/roc-auc.ts';
import type { Random } from '../training/random.ts';
import { type CalibrationCheck, type CalibrationGate, checkCalibration } from './check-calibration.ts';
import { type Confusion, confusionOf } from './confusion.ts';
import { CONFUSION_METRICS, type ConfusionMetric, confusionMetric } from './confusion-metrics.ts';
import { type ConfidenceOptions, DEFAULT_CONFIDENCE, type Estimate } from './estimate.ts';
import { type Calibration, calibrate } from './isotonic-calibration.ts';

export type EstimatedMetric = ConfusionMetric | 'roc_auc';

/** What performance must be, seen from the scores alone, or why this cannot be told. */
export type PerformanceEstimate =
  | {
      readonly kind: 'estimated';
      readonly metrics: Readonly<Partial<Record<EstimatedMetric, Estimate>>>;
      /** Expected rows of each kind. */
      readonly confusion: Confusion;
      readonly check: CalibrationCheck;
    }
  | {
      readonly kind: 'refused';
      readonly reason: 'TOO_FEW_LABELS' | 'CALIBRATION_OFF';
      /** In a sentence. */
      readonly why: string;
      readonly check?: CalibrationCheck;
    };

/** Rows that have no labels yet. */
export interface UnlabelledRows {
  /** The model's own, per row. */
  readonly scores: ArrayLike<number>;
  /** 0 or 1. */
  readonly predicted: ArrayLike<number>;
}

export interface EstimateOptions extends ConfidenceOptions {
  /** Fitted on labelled rows of a reference. */
  readonly calibration: Calibration;
  /** The last labelled rows, to which it was not fitted. */
  readonly recent: { readonly labels: ArrayLike<number>; readonly scores: ArrayLike<number> };
  readonly random: Pick<Random, 'uniform'>;
  readonly gate?: CalibrationGate;
  /** Sets of labels that are drawn for the intervals. @default 200 */
  readonly draws?: number;
}

/** Fewer labels cannot show that a calibration is off. */
const LEAST_RECENT = 200;
const DEFAULT_DRAWS = 200;

/**
 * Confidence-based performance estimation (CBPE): with calibrated probability c, a row that is called positive is a true positive with
 * probability c and a false one with 1 − c.
 *
 *     E[TP] = Σ c·[ŷ=1],  E[FP] = Σ (1−c)·[ŷ=1],  E[FN] = Σ c·[ŷ=0],  E[TN] = Σ (1−c)·[ŷ=0]
 *
 * Accuracy, precision, recall, specificity and F1 are those of the expected matrix; the area under the ROC curve is that of rows which are each c
 * positive and 1 − c negative, ranked by score. The intervals hold what the metric will come out as once labels are there, were the calibration
 * exact: labels are drawn row by row with probability c.
 *
 * It sees what moves the scores, and is blind to concept drift: the same scores meaning something else. That is why it is refused where
 * the last labels contradict the calibration, or are too few to.
 *
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`
 *
 * Cost: O(draws · N + N log N).
 * Source: NannyML's CBPE (its documentation, "How it works: performance estimation"), with intervals of our own instead of reference ± 3 sd.
 */
export function estimatePerformance(rows: UnlabelledRows, options: EstimateOptions): PerformanceEstimate {
  const { calibration, recent, gate = {} } = options;
  if (recent.labels.length < LEAST_RECENT) {
    return {
      kind: 'refused',
      reason: 'TOO_FEW_LABELS',
      why: `only ${recent.labels.length} recent labels are there to check the calibration; it takes ${LEAST_RECENT}`,
    };
  }
  const promised = Array.from(recent.scores, (score) => calibrate(calibration, score));
  const check = checkCalibration(recent.labels, promised, gate);
  if (!check.holds) return { kind: 'refused', reason: 'CALIBRATION_OFF', why: contradiction(check), check };
  const probabilities = Float64Array.from(rows.scores, (score) => calibrate(calibration, score));
  const confusion = expectedConfusion(probabilities, rows.predicted);
  const metrics = {
    ...estimateShares(probabilities, rows, { confusion, options }),
    ...estimateAuc(probabilities, rows, options),
  };
  return { kind: 'estimated', metrics, confusion, check };
}

const contradiction = ({ rows, observed, expected, expectedCalibrationError, pValue }: CalibrationCheck): string =>
  `of the last ${rows} labelled rows ${observed} are positive where ${expected.toFixed(1)} were to be expected, the calibration error is ` +
  `${expectedCalibrationError.toFixed(3)} (p = ${pValue.toPrecision(2)}): what scores mean has changed`;

function expectedConfusion(probabilities: Float64Array, predicted: ArrayLike<number>): Confusion {
  const positive = confusionOf(new Uint8Array(probabilities.length).fill(1), predicted, { weights: probabilities });
  const negative = confusionOf(new Uint8Array(probabilities.length), predicted, {
    weights: probabilities.map((probability) => 1 - probability),
  });
  return {
    truePositive: positive.truePositive,
    falseNegative: positive.falseNegative,
    falsePositive: negative.falsePositive,
    trueNegative: negative.trueNegative,
  };
}

interface Drawing {
  readonly confusion: Confusion;
  readonly options: EstimateOptions;
}

function estimateShares(
  probabilities: Float64Array,
  { predicted }: UnlabelledRows,
  { confusion, options: { random, draws = DEFAULT_DRAWS, confidence = DEFAULT_CONFIDENCE } }: Drawing,
): Partial<Record<ConfusionMetric, Estimate>> {
  const outcomes = Array.from({ length: draws }, () => confusionOf(drawLabels(probabilities, random), predicted));
  return Object.fromEntries(
    CONFUSION_METRICS.flatMap((metric) => {
      const value = confusionMetric(metric, confusion);
      if (Number.isNaN(value)) return [];
      return [
        [
          metric,
          {
            value,
            ...between(
              outcomes.map((cells) => confusionMetric(metric, cells)),
              confidence,
            ),
          },
        ],
      ];
    }),
  );
}

const drawLabels = (probabilities: Float64Array, random: Pick<Random, 'uniform'>): Uint8Array =>
  Uint8Array.from(probabilities, (probability) => (random.uniform() < probability ? 1 : 0));

function estimateAuc(
  probabilities: Float64Array,
  { scores }: UnlabelledRows,
  { random, draws = DEFAULT_DRAWS, confidence = DEFAULT_CONFIDENCE }: EstimateOptions,
): { roc_auc?: Estimate } {
  // Each row twice: as positive with weight c and as negative with weight 1 − c.
  const twice = Float64Array.from({ length: 2 * scores.length }, (_, i) => scores[i % scores.length] as number);
  const labels = Uint8Array.from(twice, (_, i) => (i < scores.length ? 1 : 0));
  const weights = Float64Array.from(twice, (_, i) => {
    const probability = probabilities[i % scores.length] as number;
    return i < scores.length ? probability : 1 - probability;
  });
  const positive = probabilities.reduce((sum, probability) => sum + probability, 0);
  if (!(positive > 0 && positive < scores.length)) return {};
  const outcomes = Array.from({ length: draws }, () => drawLabels(probabilities, random))
    .filter((drawn) => drawn.includes(1) && drawn.includes(0))
    .map((drawn) => rocAuc(drawn, scores));
  return { roc_auc: { value: rocAuc(labels, twice, { weights }), ...between(outcomes, confidence) } };
}

/** The outcomes that are defined, without the tails; the whole range where a tail is less than one outcome. */
function between(outcomes: readonly number[], confidence: number): { lower: number; upper: number } {
  const sorted = Float64Array.from(outcomes.filter((outcome) => !Number.isNaN(outcome))).sort();
  const tail = Math.floor(((1 - confidence) / 2) * sorted.length);
  return { lower: sorted[tail] ?? Number.NaN, upper: sorted[sorted.length - 1 - tail] ?? Number.NaN };
}
