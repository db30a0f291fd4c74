import type { Declaration, FittedStep, Step } from './declaration.ts';
import { checkExpression } from './expression/check-expression.ts';
import { invalidStep } from './preparation-errors.ts';
import type { Row } from './row.ts';
import { type ApplyStep, applyStep } from './steps/apply-step.ts';
import { type Columns, checkStep, columnsAfter, columnsRead } from './steps/columns-after.ts';

export interface CompiledSteps {
  /** Columns after the steps that are compiled. */
  readonly columns: Columns;
  /** Takes a row through them. @returns why it is left out; undefined where it stays */
  readonly apply: (row: Row) => string | undefined;
}

/**
 * Makes a row of raw cells go through the first steps of a declaration, as far as they are fitted.
 *
 * @param raw names of the raw columns, all of them texts
 * @param fitted as many as are known
 * @throws `preparation.invalid`, `preparation.expression_invalid`
 */
export function compileSteps(
  { steps, label, missing = [] }: Declaration,
  raw: readonly string[],
  fitted: readonly FittedStep[],
): CompiledSteps {
  const changed = new Set<string>();
  const applied: ApplyStep[] = [];
  let columns: Columns = new Map(raw.map((name) => [name, 'text'] as const));
  if (label && !columns.has(label.column)) throw invalidStep(0, `there is no column ${label.column} for the label`);
  for (const [index, step] of steps.entries()) {
    const done = fitted[index];
    checkStep(step, index + 1, { columns, label: { column: label?.column, changed } });
    if (!done) break;
    for (const name of changedBy(step, columns)) changed.add(name);
    applied.push(applyStep(done, { types: columns, label: label?.column, labelDelayMs: label?.delayMs ?? 0 }));
    columns = columnsAfter(done, columns, label?.column);
  }
  const tokens = new Set(missing);
  return {
    columns,
    apply(row) {
      if (tokens.size > 0) {
        for (const [name, cell] of row) if (tokens.has(cell as string)) row.set(name, '');
      }
      for (const apply of applied) {
        const reason = apply(row);
        if (reason !== undefined) return reason;
      }
      return undefined;
    },
  };
}

const changedBy = (step: Step, columns: Columns): readonly string[] => {
  if (step.op === 'select' || step.op === 'drop' || step.op === 'filter' || step.op === 'deduplicate') return [];
  if (step.op === 'derive') return [step.name, ...checkExpression(step.expression, columns).columns];
  if (step.op === 'rename') return [step.to];
  return columnsRead(step, columns);
};
