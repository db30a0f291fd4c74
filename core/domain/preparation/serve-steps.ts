import { PlatformError } from '../errors.ts';
import type { Declaration, FittedStep } from './declaration.ts';
import { checkExpression } from './expression/check-expression.ts';
import type { ServingStep } from './plan.ts';
import { type Columns, columnsAfter, columnsRead } from './steps/columns-after.ts';

/**
 * Says for each step where it is done when the model serves. What is made of a column that the caller computes is the graph's again.
 *
 * @throws `preparation.not_servable` where a feature needs the caller, and the declaration does not say that the caller sends it
 */
export function serveSteps(
  { label, fromCaller = [] }: Declaration,
  raw: readonly string[],
  { steps, features }: { steps: readonly FittedStep[]; features: readonly string[] },
): ServingStep[] {
  let columns: Columns = new Map(raw.map((name) => [name, 'text'] as const));
  const served: ServingStep[] = [];
  const needed = neededColumns(raw, { steps, features, label: label?.column });
  for (const [index, step] of steps.entries()) {
    const after = columnsAfter(step, columns, label?.column);
    const made = madeBy(step);
    const isNeeded = made.some((column) => needed[index]?.has(column));
    const atServing = placeOf(step, columns);
    served.push({ op: step.op, columns: made.length > 0 ? made : [...columnsRead(step, columns)], atServing });
    const missing = atServing === 'caller' && isNeeded ? made.filter((column) => !fromCaller.includes(column)) : [];
    if (missing.length > 0) throw notServable(step, missing);
    columns = after;
  }
  return served;
}

/** After each step, the columns that features are made of. */
function neededColumns(
  raw: readonly string[],
  { steps, features, label }: { steps: readonly FittedStep[]; features: readonly string[]; label: string | undefined },
): ReadonlySet<string>[] {
  const before: Columns[] = [];
  let columns: Columns = new Map(raw.map((name) => [name, 'text'] as const));
  for (const step of steps) {
    before.push(columns);
    columns = columnsAfter(step, columns, label);
  }
  const needed: ReadonlySet<string>[] = [];
  let current = new Set(features);
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    const step = steps[index] as FittedStep;
    needed[index] = current;
    const columnsBefore = before[index] as Columns;
    const isUsed = madeBy(step).some((column) => current.has(column)) || step.op === 'encode';
    const next = new Set([...current].filter((column) => columnsBefore.has(column)));
    // What the caller sends ready is made of nothing here.
    if (isUsed && placeOf(step, columnsBefore) !== 'caller')
      for (const column of columnsRead(step, columnsBefore)) next.add(column);
    current = next;
  }
  return needed;
}

export const madeBy = (step: FittedStep): readonly string[] => {
  if (step.op === 'derive' || step.op === 'window') return [step.name];
  if (step.op === 'rename') return [step.to];
  if (step.op === 'impute' && step.indicator !== undefined) return [step.column, step.indicator];
  return 'column' in step ? [step.column] : [];
};

export function placeOf(step: FittedStep, columns: Columns): ServingStep['atServing'] {
  if (step.op === 'filter' || step.op === 'deduplicate') return 'training-only';
  if (step.op === 'window' || (step.op === 'encode' && step.as === 'hash')) return 'caller';
  if (step.op === 'cast' && step.to === 'time') return 'caller';
  if (step.op === 'derive' && checkExpression(step.expression, columns).readsTime) return 'caller';
  return 'in-graph';
}

const notServable = (step: FittedStep, columns: readonly string[]) =>
  new PlatformError('preparation.not_servable', {
    message: `${columns.join(', ')} is made by ${step.op}, which no graph can do: a served model would miss it. Name it in fromCaller, and send it ready with each request; or drop it`,
    details: { op: step.op, columns },
  });
