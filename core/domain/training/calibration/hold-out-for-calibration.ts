import { splitForValidation } from '../boosting/split-for-validation.ts';
import { checkNumber, checkOptionNames, checkSeed, optionError } from '../check-option.ts';
import { encodeClasses } from '../class-labels.ts';
import { createRandom } from '../random.ts';
import { selectTrainingRows, type TrainingData, type TrainingSet, toTrainingSet } from '../training-set.ts';
import type { CalibrationMethod } from './score-calibration.ts';

export interface CalibrationOptions {
  /** `sigmoid` (Platt) has two parameters; `isotonic` takes any rising form and needs some thousand rows for it. */
  readonly method: CalibrationMethod;
  /** Share of the rows, of each class, that the model is not trained on. @default 0.2 */
  readonly share?: number | undefined;
}

export interface HeldOut {
  readonly options: Required<CalibrationOptions>;
  readonly fit: TrainingData;
  readonly held: TrainingSet;
}

/**
 * Parts rows at random by the seed into those to train on and those to calibrate on.
 *
 * @throws `training.option_invalid` for an unknown method, a share outside (0, 1), or labels of other than two classes
 */
export function holdOutForCalibration(data: TrainingData, given: CalibrationOptions, seed: number): HeldOut {
  checkOptionNames(given, ['method', 'share']);
  const { method, share = 0.2 } = given;
  if (method !== 'sigmoid' && method !== 'isotonic')
    throw optionError('calibration.method', method, 'sigmoid or isotonic');
  checkNumber('calibration.share', share, { above: 0, below: 1 });
  checkSeed(seed);
  const set = toTrainingSet(data);
  const { classes } = encodeClasses(set);
  if (classes.length !== 2) throw optionError('calibration', `for ${classes.length} classes`, 'two classes');
  const { fit, validation } = splitForValidation(set.labels, { share, random: createRandom(seed), stratified: true });
  const { matrix, labels, weights } = selectTrainingRows(set, fit);
  return {
    options: { method, share },
    fit: { features: matrix, labels, weights },
    held: selectTrainingRows(set, validation),
  };
}
