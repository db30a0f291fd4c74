import type { ColumnSpec } from '../drift/profile/plan-rows.ts';
import { readFeatureNames } from '../inference/frames.ts';
import type { Dimension, ModelSignature, TensorSignature } from '../inference/signature.ts';
import type { DescribedModel } from './redaction-plan.ts';

/** A column of a model's rows: one element of one tensor in each row. */
export interface ModelColumn extends ColumnSpec {
  readonly tensor: string;
  readonly datatype: TensorSignature['datatype'];
  /** Which element of the row's. */
  readonly offset: number;
}

export interface ModelColumns {
  readonly columns: readonly ModelColumn[];
  /** Tensors that are not looked at, and why, in sentences. */
  readonly notes: readonly string[];
}

export interface WatchedModel extends DescribedModel {
  /** Class labels by output, where the model states them. */
  readonly classLabels?: Readonly<Record<string, readonly (string | number)[]>> | undefined;
}

/** Elements of a row that are watched at most: pixels are no features. */
const FEATURES_LIMIT = 4_096;
/** Scores of an output: classes beyond are not watched one by one. */
const SCORES_LIMIT = 50;

/**
 * What of a model's rows is watched, by name: features in the order of the inputs, then predictions.
 *
 * A tensor's rows are its first dimension. A column is called as its tensor where a row has one element, as its feature where the model
 * names the columns of its one input (or `featureNames` do), else `tensor[i]`. Texts and truth values are categories, as are whole numbers
 * of an output with class labels. Of two scores that are each other's complement the second is watched, that of the positive class.
 *
 * @param featureNames of the columns of a single input `[N, F]`; they also tell F where the model does not
 */
export function modelColumns(model: WatchedModel, featureNames?: readonly string[]): ModelColumns {
  const { signature, metadata } = model;
  const notes: string[] = [];
  const names = readFeatureNames(signature, metadata) ?? featureNames;
  const features = signature.inputs.flatMap((input) => {
    const width = widthOf(input, signature.inputs.length === 1 ? names?.length : undefined);
    const problem = unwatchable(input.name, width, FEATURES_LIMIT);
    if (problem !== undefined) notes.push(problem);
    return problem === undefined ? columnsOf(input, { width: width as number, names: nameOf(signature, names) }) : [];
  });
  const predictions = signature.outputs.flatMap((output) => {
    const width = widthOf(output, model.classLabels?.[output.name]?.length);
    const problem = unwatchable(output.name, width, SCORES_LIMIT);
    if (problem !== undefined) notes.push(problem);
    return problem === undefined ? predictionsOf(model, output, width as number) : [];
  });
  const taken = new Set(features.map(({ name }) => name));
  // An output may be called as an input is.
  const distinct = predictions.map((column) =>
    taken.has(column.name) ? { ...column, name: `output ${column.name}` } : column,
  );
  return { columns: [...features, ...distinct], notes };
}

function columnsOf(
  { name: tensor, datatype }: TensorSignature,
  { width, names }: { width: number; names: readonly string[] | undefined },
): ModelColumn[] {
  const kind = isCategory(datatype) ? ('category' as const) : ('numeric' as const);
  return Array.from({ length: width }, (_, offset) => ({
    name: names?.[offset] ?? (width === 1 ? tensor : `${tensor}[${offset}]`),
    kind,
    role: 'feature' as const,
    tensor,
    datatype,
    offset,
  }));
}

function predictionsOf(
  { signature, classLabels }: WatchedModel,
  output: TensorSignature,
  width: number,
): ModelColumn[] {
  const isLabel = width === 1 && !output.datatype.startsWith('FP') && classLabels !== undefined;
  const columns = columnsOf(output, { width, names: undefined }).map(
    (column): ModelColumn => ({ ...column, role: 'prediction', kind: isLabel ? 'category' : column.kind }),
  );
  const isComplement = width === 2 && output.datatype.startsWith('FP') && hasLabels(signature, output, classLabels);
  return isComplement ? columns.slice(1) : columns;
}

/** Scores of classes stand beside the class, or their labels are known. */
const hasLabels = (
  { outputs }: ModelSignature,
  { name }: TensorSignature,
  classLabels: WatchedModel['classLabels'],
): boolean => classLabels?.[name] !== undefined || outputs.some(({ datatype }) => !datatype.startsWith('FP'));

const isCategory = (datatype: TensorSignature['datatype']): boolean => datatype === 'BYTES' || datatype === 'BOOL';

/** Elements in a row; undefined where neither the model nor anything else tells. */
function widthOf({ shape, anyRank }: TensorSignature, known: number | undefined): number | undefined {
  if (anyRank) return known;
  const inner = shape.slice(1);
  const variable = inner.filter((size: Dimension) => typeof size !== 'number').length;
  if (variable === 0) return inner.reduce<number>((product, size) => product * (size as number), 1);
  return variable === 1 && inner.length === 1 ? known : undefined;
}

const nameOf = ({ inputs }: ModelSignature, names: readonly string[] | undefined) =>
  inputs.length === 1 ? names : undefined;

function unwatchable(tensor: string, width: number | undefined, limit: number): string | undefined {
  const name = JSON.stringify(tensor);
  if (width === undefined) return `${name} is not watched: the model does not say how many elements a row of it has`;
  if (width > limit) return `${name} is not watched: a row of it has ${width} elements, at most ${limit} are watched`;
  return undefined;
}
