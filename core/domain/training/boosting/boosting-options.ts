import { checkNumber, checkOptionNames, type NumberRange, optionError } from '../check-option.ts';
import type { ClassWeights } from '../class-labels.ts';

export interface BoostingOptions {
  /** Trees per class, or the limit of it with early stopping. */
  readonly maxIterations: number;
  /** Factor on every leaf, in (0, 1]. Smaller needs more iterations. */
  readonly learningRate: number;
  /** Leaves per tree. */
  readonly maxLeaves: number;
  /** Rows that a leaf needs at least. */
  readonly minSamplesLeaf: number;
  /** Added to the hessian of a leaf: draws small leaves towards 0. */
  readonly l2: number;
  /** Loss reduction that a split must exceed. */
  readonly minGain: number;
  /** Bins per feature, beside the one for missing values. */
  readonly maxBins: number;
  /**
   * Limit of a leaf in log-odds, before the learning rate. A leaf of rare positives only has the Newton step
   * 1/prevalence, 500 for fraud at 0.2 %: one such step saturates the model and ends its training. Unused by regression.
   */
  readonly maxLeafDelta: number;
  /** Share of rows kept out of training to say when to stop; 0 trains all iterations on all rows. */
  readonly validationShare: number;
  /** Iterations without a better validation loss after which training stops. */
  readonly patience: number;
  readonly classWeights: ClassWeights | undefined;
}

const DEFAULTS: BoostingOptions = {
  maxIterations: 100,
  learningRate: 0.1,
  maxLeaves: 31,
  minSamplesLeaf: 20,
  l2: 0,
  minGain: 0,
  maxBins: 255,
  maxLeafDelta: 5,
  validationShare: 0,
  patience: 10,
  classWeights: undefined,
};

const FINITE = { below: Number.POSITIVE_INFINITY } as const;

const RANGES: Readonly<Record<Exclude<keyof BoostingOptions, 'classWeights'>, NumberRange>> = {
  maxIterations: { atLeast: 1, atMost: 10_000, integer: true },
  learningRate: { above: 0, atMost: 1 },
  maxLeaves: { atLeast: 2, atMost: 4096, integer: true },
  minSamplesLeaf: { atLeast: 1, integer: true },
  l2: { atLeast: 0, ...FINITE },
  minGain: { atLeast: 0, ...FINITE },
  maxBins: { atLeast: 2, atMost: 255, integer: true },
  maxLeafDelta: { above: 0 },
  validationShare: { atLeast: 0, below: 1 },
  patience: { atLeast: 1, integer: true },
};

/** @throws `training.option_invalid` for an unknown name or a value out of range */
export function resolveBoostingOptions(given: Partial<BoostingOptions>): BoostingOptions {
  checkOptionNames(given, Object.keys(DEFAULTS));
  const options = { ...DEFAULTS, ...given };
  for (const [name, range] of Object.entries(RANGES)) checkNumber(name, options[name as keyof typeof RANGES], range);
  checkClassWeights(options.classWeights);
  return options;
}

export function checkClassWeights(classWeights: unknown): void {
  if (classWeights === undefined || classWeights === 'balanced') return;
  if (typeof classWeights === 'object' && classWeights !== null && !Array.isArray(classWeights)) return;
  throw optionError('classWeights', classWeights, '"balanced" or a factor by class, such as { "1": 10 }');
}
