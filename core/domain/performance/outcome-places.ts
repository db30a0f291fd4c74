import type { WatchedModel } from '../capture/model-columns.ts';
import type { TensorSignature } from '../inference/signature.ts';
import type { LabelValue } from '../labels/label.ts';
import { isSameClass } from './same-class.ts';
import type { Task } from './task.ts';

/** Where a model's answer says what labels are compared with. */
export interface OutcomePlaces {
  /** The tensor that holds the predicted class; undefined where scores alone are answered. */
  readonly classTensor?: string | undefined;
  /** The tensor of scores, and the classes that these are of, in order; the quantity's tensor of a regression. */
  readonly scores?: { readonly tensor: string; readonly classes: readonly LabelValue[] | undefined } | undefined;
  /** Which of a row's scores is that of the positive class. */
  readonly positive?: { readonly offset: number; readonly isComplement: boolean } | undefined;
}

/**
 * A class is the first output without fractions (texts, whole numbers, truth values), scores the first one with them, as scikit-learn's exports have
 * both. Of several scores the positive one is that of its label; where labels are not known, the last. A single score is that of the positive class, unless
 * the labels say that it is another's.
 */
export function outcomePlaces({ signature, classLabels = {} }: WatchedModel, task: Task): OutcomePlaces {
  const isScore = ({ datatype }: TensorSignature): boolean => datatype.startsWith('FP');
  const scores = signature.outputs.find(isScore);
  const classTensor = signature.outputs.find((output) => !isScore(output))?.name;
  if (task.kind === 'regression') {
    const quantity = scores?.name ?? classTensor;
    return quantity === undefined ? {} : { scores: { tensor: quantity, classes: undefined } };
  }
  if (scores === undefined) return { classTensor };
  const classes = classLabels[scores.name] ?? (classTensor === undefined ? undefined : classLabels[classTensor]);
  const places = { classTensor, scores: { tensor: scores.name, classes } };
  return task.kind === 'multiclass' ? places : { ...places, positive: positivePlace(scores, classes, task.positive) };
}

function positivePlace(
  { shape }: TensorSignature,
  classes: readonly LabelValue[] | undefined,
  positive: LabelValue,
): OutcomePlaces['positive'] {
  const last = shape.length > 1 ? shape.at(-1) : 1;
  const width = typeof last === 'number' ? last : (classes?.length ?? 1);
  const index = classes?.findIndex((each) => isSameClass(each, positive)) ?? -1;
  if (width > 1) return { offset: index === -1 ? width - 1 : index, isComplement: false };
  // The score of two classes is by convention the second one's.
  return { offset: 0, isComplement: classes?.length === 2 && index === 0 };
}
