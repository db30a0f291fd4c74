import { checkClassWeights } from '../boosting/boosting-options.ts';
import { checkNumber, checkOptionNames } from '../check-option.ts';
import type { ClassWeights } from '../class-labels.ts';

export interface LogisticOptions {
  /** Penalty λ/2 · ‖W‖² beside the summed loss; scikit-learn's 1/C. */
  readonly l2: number;
  readonly maxIterations: number;
  /** Training ends when no component of the mean loss's gradient is larger. */
  readonly tolerance: number;
  readonly classWeights: ClassWeights | undefined;
}

const DEFAULTS: LogisticOptions = { l2: 1, maxIterations: 200, tolerance: 1e-5, classWeights: undefined };

/** @throws `training.option_invalid` for an unknown name or a value out of range */
export function resolveLogisticOptions(given: Partial<LogisticOptions>): LogisticOptions {
  checkOptionNames(given, Object.keys(DEFAULTS));
  const options = { ...DEFAULTS, ...given };
  checkNumber('l2', options.l2, { atLeast: 0, below: Number.POSITIVE_INFINITY });
  checkNumber('maxIterations', options.maxIterations, { atLeast: 1, atMost: 100_000, integer: true });
  checkNumber('tolerance', options.tolerance, { above: 0, below: 1 });
  checkClassWeights(options.classWeights);
  return options;
}
