import type { CastStep, ColumnType, FittedStep } from '../declaration.ts';
import { checkExpression } from '../expression/check-expression.ts';
import { evaluateExpression } from '../expression/evaluate-expression.ts';
import { type Cell, categoryOf, isMissing, type Row } from '../row.ts';
import { categoryCodes, encodedColumns, hashCode } from './category-codes.ts';
import { readCell } from './read-cell.ts';
import { windowAggregate } from './window-aggregate.ts';

/** Changes the row in place. @returns why the row is left out; undefined where it stays */
export type ApplyStep = (row: Row) => string | undefined;

export interface StepContext {
  /** Of the columns before the step. */
  readonly types: ReadonlyMap<string, ColumnType>;
  readonly label: string | undefined;
  readonly labelDelayMs: number;
}

/** A step ready to be applied to rows, one after the other. Windows and duplicates remember rows: make anew for each pass. */
export function applyStep(step: FittedStep, { types, label, labelDelayMs }: StepContext): ApplyStep {
  switch (step.op) {
    case 'select': {
      const kept = new Set([...step.columns, label]);
      const dropped = [...types.keys()].filter((column) => !kept.has(column));
      return each(dropped, (row, column) => void row.delete(column));
    }
    case 'drop':
      return each(step.columns, (row, column) => void row.delete(column));
    case 'rename':
      return (row) => {
        row.set(step.to, row.get(step.from) as Cell);
        row.delete(step.from);
        return undefined;
      };
    case 'cast':
      return castCells(step);
    case 'impute':
      return (row) => {
        const isGap = isMissing(row.get(step.column));
        if (isGap) row.set(step.column, step.fill);
        if (step.indicator !== undefined) row.set(step.indicator, Number(isGap));
        return undefined;
      };
    case 'scale':
      return onNumber(step.column, (value) =>
        step.by === 'log1p'
          ? Math.fround(Math.log(Math.fround(value + 1)))
          : Math.fround(Math.fround(value - step.center) / step.spread),
      );
    case 'clip': {
      const low = Math.fround(step.min ?? Number.NEGATIVE_INFINITY);
      const high = Math.fround(step.max ?? Number.POSITIVE_INFINITY);
      return onNumber(step.column, (value) => (value < low ? low : value > high ? high : value));
    }
    case 'bucketize':
      return onNumber(step.column, (value) =>
        Number.isNaN(value) ? value : step.fitted.reduce((bin, edge) => bin + Number(value >= edge), 0),
      );
    case 'encode':
      return encodeCell(step);
    case 'derive': {
      const { expression } = checkExpression(step.expression, types);
      return (row) => void row.set(step.name, evaluateExpression(expression, row));
    }
    case 'window': {
      const window = windowAggregate(step, step.of === label ? labelDelayMs : 0);
      return (row) => {
        const value = window.apply(row);
        if (value === undefined) return `${step.time} is missing or before that of the row before`;
        return void row.set(step.name, value);
      };
    }
    case 'filter': {
      const { expression } = checkExpression(step.expression, types);
      return (row) => {
        const value = evaluateExpression(expression, row);
        return value === 0 || Number.isNaN(value) ? `filtered: not ${step.expression}` : undefined;
      };
    }
    case 'deduplicate': {
      const seen = new Set<string>();
      return (row) => {
        const key = JSON.stringify(step.columns.map((column) => categoryOf(row.get(column) as Cell)));
        if (seen.has(key)) return `duplicate of ${step.columns.join(', ')}`;
        seen.add(key);
        return undefined;
      };
    }
  }
}

const each = (columns: readonly string[], change: (row: Row, column: string) => void): ApplyStep => {
  return (row) => {
    for (const column of columns) change(row, column);
    return undefined;
  };
};

const onNumber = (column: string, change: (value: number) => number): ApplyStep =>
  each([column], (row) => void row.set(column, change(row.get(column) as number)));

const castCells =
  ({ columns, to, onInvalid = 'reject' }: CastStep): ApplyStep =>
  (row) => {
    for (const column of columns) {
      const cell = readCell(row.get(column) as string, to);
      if (cell === undefined && onInvalid === 'reject') return `${column} is no ${to}`;
      row.set(column, cell ?? Number.NaN);
    }
    return undefined;
  };

function encodeCell(step: FittedStep & { op: 'encode' }): ApplyStep {
  const { column, as, buckets = 1 } = step;
  if (as === 'hash')
    return each([column], (row) => void row.set(column, hashCode(categoryOf(row.get(column) as Cell), buckets)));
  const { codes, other } = categoryCodes(step);
  const codeOf = (row: Row) => codes.get(categoryOf(row.get(column) as Cell)) ?? other;
  if (as !== 'one-hot') return each([column], (row) => void row.set(column, codeOf(row)));
  const names = encodedColumns(step);
  return (row) => {
    const code = codeOf(row);
    row.delete(column);
    for (const [i, name] of names.entries()) row.set(name, Number(i === code));
    return undefined;
  };
}
