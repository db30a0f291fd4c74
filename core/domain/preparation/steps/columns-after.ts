import type { ColumnType, FittedStep, Step } from '../declaration.ts';
import { checkExpression } from '../expression/check-expression.ts';
import { invalidStep } from '../preparation-errors.ts';
import { encodedColumns } from './category-codes.ts';

export type Columns = ReadonlyMap<string, ColumnType>;

export interface LabelUse {
  readonly column: string | undefined;
  /** Columns that an earlier step has cast or changed: a cast says what is raw. */
  readonly changed: ReadonlySet<string>;
}

/** The columns that a step reads. */
export function columnsRead(step: Step, columns: Columns): readonly string[] {
  switch (step.op) {
    case 'select':
    case 'drop':
    case 'cast':
    case 'deduplicate':
      return step.columns;
    case 'rename':
      return [step.from];
    case 'window':
      return [step.of, step.time, ...step.by];
    case 'derive':
    case 'filter':
      return [...checkExpression(step.expression, columns).columns];
    default:
      return [step.column];
  }
}

/**
 * Sees that a step works on the columns there are, and keeps the label out of the features: only `cast`, `filter` and `deduplicate` may
 * read it, and a window, which sees no label before it was known.
 *
 * @param at the step's place, counted from 1
 * @throws `preparation.invalid`, `preparation.expression_invalid`
 */
export function checkStep(step: Step, at: number, { columns, label }: { columns: Columns; label: LabelUse }): void {
  const read = columnsRead(step, columns);
  const unknown = read.filter((column) => !columns.has(column));
  if (unknown.length > 0)
    throw invalidStep(at, `there is no column ${unknown.join(', ')}; there are ${[...columns.keys()].join(', ')}`);
  const readsLabel = step.op === 'window' ? [step.time, ...step.by] : read;
  const mayReadLabel = step.op === 'cast' || step.op === 'filter' || step.op === 'deduplicate' || step.op === 'select';
  if (!mayReadLabel && label.column !== undefined && readsLabel.includes(label.column))
    throw invalidStep(
      at,
      `${step.op} would make a feature of the label ${label.column}; only a window may, once the label is known`,
    );
  const need = (type: ColumnType, names: readonly string[]) => {
    for (const name of names) {
      if (columns.get(name) !== type)
        throw invalidStep(at, `${step.op} takes a ${type} column, ${name} is a ${columns.get(name)}`);
    }
  };
  if (step.op === 'cast') {
    const late = step.columns.filter((column) => label.changed.has(column));
    if (late.length > 0)
      throw invalidStep(at, `${late.join(', ')} is no raw column any more; cast comes first, and once`);
  }
  if (step.op === 'scale' || step.op === 'clip' || step.op === 'bucketize') need('number', [step.column]);
  if (step.op === 'impute') checkImpute(step, at, columns);
  if (step.op === 'encode' && columns.get(step.column) === 'time') need('text', [step.column]);
  if (step.op === 'encode' && step.as === 'hash' && !((step.buckets ?? 0) >= 1))
    throw invalidStep(at, 'encode by hash needs a number of buckets');
  if (step.op === 'bucketize') {
    const { edges, quantiles } = step;
    if ((edges === undefined) === (quantiles === undefined))
      throw invalidStep(at, 'bucketize takes edges or quantiles, one of the two');
    if (edges?.some((edge, i) => i > 0 && !(edge > (edges[i - 1] as number))))
      throw invalidStep(at, 'the edges of bucketize have to ascend');
  }
  if (step.op === 'window') {
    need('time', [step.time]);
    if (step.aggregate !== 'count' && step.aggregate !== 'distinct') need('number', [step.of]);
    if ((step.lastRows === undefined) === (step.lastMs === undefined))
      throw invalidStep(at, 'a window is lastRows or lastMs, one of the two');
  }
  for (const name of namesMade(step)) {
    if (columns.has(name)) throw invalidStep(at, `there is a column ${name} already`);
  }
  if (step.op === 'derive' && read.length === 0)
    throw invalidStep(at, `${step.expression} reads no column, so ${step.name} would be a constant`);
}

function checkImpute(step: Step & { op: 'impute' }, at: number, columns: Columns): void {
  const type = columns.get(step.column);
  if (type === 'time') throw invalidStep(at, `impute takes a number or a text column, ${step.column} is a time`);
  if (type === 'text' && (step.with === 'mean' || step.with === 'median'))
    throw invalidStep(
      at,
      `a text column such as ${step.column} has no ${step.with}; impute a constant or the most frequent`,
    );
  if (step.with === 'constant' && typeof step.value !== (type === 'text' ? 'string' : 'number'))
    throw invalidStep(at, `${step.column} is a ${type} column, the constant ${JSON.stringify(step.value)} is none`);
}

const namesMade = (step: Step): readonly string[] => {
  if (step.op === 'derive' || step.op === 'window') return [step.name];
  if (step.op === 'rename') return [step.to];
  return step.op === 'impute' && step.indicator !== undefined ? [step.indicator] : [];
};

/** The columns after a step, in their order: what a step makes of a column stands in its place, what it adds at the end. */
export function columnsAfter(step: FittedStep, columns: Columns, label: string | undefined): Columns {
  const entries = [...columns];
  const replace = (name: string, by: readonly (readonly [string, ColumnType])[]) =>
    new Map(entries.flatMap(([column, type]) => (column === name ? by : [[column, type] as const])));
  switch (step.op) {
    case 'select':
      return new Map(entries.filter(([column]) => step.columns.includes(column) || column === label));
    case 'drop':
      return new Map(entries.filter(([column]) => !step.columns.includes(column)));
    case 'rename':
      return replace(step.from, [[step.to, columns.get(step.from) as ColumnType]]);
    case 'cast': {
      const type = step.to === 'text' || step.to === 'time' ? step.to : 'number';
      return new Map(entries.map(([column, old]) => [column, step.columns.includes(column) ? type : old]));
    }
    case 'encode':
      return replace(
        step.column,
        encodedColumns(step).map((name) => [name, 'number'] as const),
      );
    default:
      return new Map([...entries, ...namesMade(step).map((name) => [name, 'number'] as const)]);
  }
}
