import { PlatformError } from '../errors.ts';
import { checkNumber, optionError } from './check-option.ts';
import type { TrainingSet } from './training-set.ts';

/** How much each class counts: `balanced` gives every class the same total weight; else a factor by class. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

export interface EncodedClasses {
  /** The distinct labels, ascending: index i is the model's class i. */
  readonly classes: readonly number[];
  /** Class index by row. */
  readonly targets: Float64Array;
}

/**
 * Numbers the classes.
 *
 * @throws `training.label_invalid` for a label that is not a safe integer
 * @throws `training.one_class` when all rows that count have the same label
 */
export function encodeClasses({ labels, weights }: TrainingSet): EncodedClasses {
  const row = labels.findIndex((label) => !Number.isSafeInteger(label));
  if (row >= 0) {
    throw new PlatformError('training.label_invalid', {
      message: `the label of row ${row} is ${labels[row]}; a class must be an integer`,
      details: { row, got: String(labels[row]) },
    });
  }
  const classes = [...new Set(labels.filter((_, index) => (weights[index] as number) > 0))].sort((a, b) => a - b);
  if (classes.length < 2) {
    throw new PlatformError('training.one_class', {
      message: `all labels are ${classes[0]}; a classifier needs rows of at least two classes`,
      details: { classes },
    });
  }
  const index = new Map(classes.map((label, position) => [label, position]));
  // A label that only rows of weight 0 have is no class; such rows count for nothing, whichever class they are given.
  return { classes, targets: labels.map((label) => index.get(label) ?? 0) };
}

/**
 * Row weights with the class weights multiplied in.
 *
 *     balanced: wᵢ · W / (C · W_class(i))     W total weight, C classes
 *
 * @throws `training.option_invalid` for a class that does not exist or a factor that is not a finite number > 0
 */
export function applyClassWeights(
  weights: Float64Array,
  { classes, targets }: EncodedClasses,
  classWeights: ClassWeights | undefined,
): Float64Array {
  if (classWeights === undefined) return weights;
  const factors =
    classWeights === 'balanced'
      ? balancedFactors(weights, { classes, targets })
      : checkedFactors(classes, classWeights);
  return weights.map((weight, row) => weight * (factors[targets[row] as number] as number));
}

function balancedFactors(weights: Float64Array, { classes, targets }: EncodedClasses): number[] {
  const totals = classes.map(() => 0);
  weights.forEach((weight, row) => {
    totals[targets[row] as number]! += weight;
  });
  const total = totals.reduce((sum, value) => sum + value, 0);
  return totals.map((value) => total / (classes.length * value));
}

function checkedFactors(classes: readonly number[], classWeights: Readonly<Record<string, number>>): number[] {
  const unknown = Object.keys(classWeights).find((name) => !classes.includes(Number(name)));
  if (unknown !== undefined) throw optionError('classWeights', `class ${unknown}`, `the classes ${classes.join(', ')}`);
  return classes.map((label) => {
    const factor = classWeights[String(label)] ?? 1;
    checkNumber(`classWeights.${label}`, factor, { above: 0, below: Number.POSITIVE_INFINITY });
    return factor;
  });
}
