import { parseCapturedRecord } from '../capture/captured-record.ts';
import { hiddenColumns } from '../capture/hidden-columns.ts';
import { type ModelColumn, modelColumns, type WatchedModel } from '../capture/model-columns.ts';
import { capturedRowsReader } from '../capture/read-captured-rows.ts';
import { planRedaction, type RedactionRules } from '../capture/redaction-plan.ts';
import { categoryAt, numberAt, type RowTensors, rowsOf } from '../capture/row-buffer.ts';
import { elementCount, type Tensor } from '../inference/tensor.ts';
import type { LabelValue } from '../labels/label.ts';
import type { PredictedRow } from './join-labels.ts';
import { type OutcomePlaces, outcomePlaces } from './outcome-places.ts';
import { isSameClass } from './same-class.ts';
import type { Task } from './task.ts';

export interface ComparedVersion {
  readonly service: string;
  readonly version: number;
  readonly model: WatchedModel;
  readonly featureNames?: readonly string[] | undefined;
  /** By which the service's captures are written. */
  readonly rules: RedactionRules;
  readonly task: Task;
  /** Names of the columns that segments and sensitive fields are taken from. */
  readonly segments: readonly string[];
}

const THRESHOLD = 0.5;

/**
 * Reads out of capture records what labels are compared with.
 *
 * @returns the rows of a line; none for a line that is no record of this version, cannot be read, or holds no answer. A segment that was hashed or left out
 *   before it was captured is null: nobody can tell
 */
export function predictedRowsReader(version: ComparedVersion): (line: string) => PredictedRow[] {
  const { model, rules, featureNames, task, segments } = version;
  const plan = planRedaction(rules, model);
  const { columns } = modelColumns(model, featureNames);
  const hidden = hiddenColumns(columns, plan);
  const watched = segments.map((name) => ({
    name,
    column: hidden.has(name) ? undefined : columns.find((column) => column.role === 'feature' && column.name === name),
  }));
  const places = outcomePlaces(model, task);
  const read = capturedRowsReader(model, plan);
  return (line) => {
    const record = parseCapturedRecord(line);
    if (record?.service !== version.service || record.version !== version.version) return [];
    const tensors = record.isWithheld || record.isTruncated ? undefined : read(record);
    const rows = tensors && rowsOf(tensors);
    if (tensors === undefined || rows === undefined) return [];
    return Array.from({ length: rows }, (_, row) => row).flatMap((row) => {
      const outcome = outcomeAt(tensors.outputs, row, { places, task });
      if (outcome === undefined) return [];
      const entity = record.subjects.length === 1 ? record.subjects[0] : record.subjects[row];
      const values = watched.map(
        ({ name, column }) => [name, column ? elementAt(tensors, column, row) : null] as const,
      );
      return [
        {
          id: record.predictionId,
          row,
          atMs: record.atMs,
          version: record.version,
          ...outcome,
          segments: Object.fromEntries(values),
          ...(entity !== undefined && { entity }),
        },
      ];
    });
  };
}

function elementAt({ inputs }: RowTensors, { tensor, offset, kind }: ModelColumn, row: number): LabelValue | null {
  const found = inputs.find(({ name }) => name === tensor);
  const index = found && indexOf(found, row, offset);
  if (found === undefined || index === undefined) return null;
  // As labels and facets say it, and not as a category is called.
  if (found.datatype === 'BOOL') return found.data[index] === 1;
  if (kind === 'category') return categoryAt(found, index);
  const value = numberAt(found, index);
  return Number.isNaN(value) ? null : value;
}

/** Undefined where the tensor has no such element. */
function indexOf({ shape, data }: Tensor, row: number, offset: number): number | undefined {
  const width = elementCount(shape.slice(1));
  const index = row * width + offset;
  return offset < width && index < data.length ? index : undefined;
}

type Outcome = Pick<PredictedRow, 'score' | 'predicted'>;

function outcomeAt(
  outputs: readonly Tensor[],
  row: number,
  { places, task }: { places: OutcomePlaces; task: Task },
): Outcome | undefined {
  const of = (name: string | undefined) => outputs.find((tensor) => tensor.name === name);
  const scores = of(places.scores?.tensor);
  const classes = of(places.classTensor);
  const answered = classes && classAt(classes, row);
  if (task.kind === 'regression') {
    const value = scores && scoreAt(scores, row, 0);
    return value === undefined ? undefined : { score: value, predicted: value };
  }
  if (task.kind === 'multiclass') {
    const predicted = answered ?? (scores && likeliest(scores, row, places.scores?.classes));
    return predicted === undefined ? undefined : { predicted };
  }
  const raw = scores && places.positive ? scoreAt(scores, row, places.positive.offset) : undefined;
  const score = raw !== undefined && places.positive?.isComplement ? 1 - raw : raw;
  const predicted =
    answered ??
    (score === undefined ? undefined : score >= THRESHOLD ? task.positive : otherThan(task.positive, places));
  return predicted === undefined ? undefined : { predicted, ...(score !== undefined && { score }) };
}

function classAt(tensor: Tensor, row: number): LabelValue | undefined {
  const index = indexOf(tensor, row, 0);
  if (index === undefined) return undefined;
  if (tensor.datatype === 'BOOL') return tensor.data[index] === 1;
  return tensor.datatype === 'BYTES' ? (categoryAt(tensor, index) ?? undefined) : numberAt(tensor, index);
}

function scoreAt(tensor: Tensor, row: number, offset: number): number | undefined {
  const index = indexOf(tensor, row, offset);
  return index === undefined ? undefined : numberAt(tensor, index);
}

/** The class of the greatest score, the first of equal ones. */
function likeliest(scores: Tensor, row: number, classes: readonly LabelValue[] | undefined): LabelValue | undefined {
  const width = elementCount(scores.shape.slice(1));
  const values = Array.from({ length: width }, (_, offset) => scoreAt(scores, row, offset) ?? Number.NaN);
  const isBetter = (value: number, leader: number) => value > leader || Number.isNaN(leader);
  const best = values.reduce((leader, value, i) => (isBetter(value, values[leader] as number) ? i : leader), 0);
  return Number.isNaN(values[best]) ? undefined : (classes?.[best] ?? best);
}

/** The negative class, by its label where that is known. */
const otherThan = (positive: LabelValue, { scores }: OutcomePlaces): LabelValue =>
  scores?.classes?.find((each) => !isSameClass(each, positive)) ?? (isSameClass(positive, 0) ? 1 : 0);
