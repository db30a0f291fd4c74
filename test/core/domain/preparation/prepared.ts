import type { Declaration } from '../../../../core/domain/preparation/declaration.ts';
import { fitPreparation } from '../../../../core/domain/preparation/fit-preparation.ts';
import type { PreparationPlan } from '../../../../core/domain/preparation/plan.ts';
import { type PreparedRow, transformRows } from '../../../../core/domain/preparation/transform-rows.ts';

export type Cells = readonly (readonly string[])[];

/** Fits a declaration on rows of texts, as a caller that has them in memory would. */
export function fitted(declaration: Declaration, columns: readonly string[], rows: Cells): PreparationPlan {
  const fit = fitPreparation(declaration, columns);
  for (let pass = fit.nextPass(); pass; pass = fit.nextPass()) {
    for (const row of rows) pass.row(row);
    pass.end();
  }
  return fit.plan();
}

/** What becomes of each row, by a plan that was written down and read again. */
export function prepared(declaration: Declaration, columns: readonly string[], rows: Cells): PreparedRow[] {
  const plan = JSON.parse(JSON.stringify(fitted(declaration, columns, rows))) as PreparationPlan;
  return rows.map(transformRows(plan));
}

/** The features of the rows that stayed. */
export const featuresOf = (rows: readonly PreparedRow[]): (readonly number[])[] =>
  rows.flatMap((row) => ('features' in row ? [row.features] : []));

/** One feature of a single column `x`, numbers unless said. */
export const column = (steps: Declaration['steps'], cells: readonly string[], to: 'number' | 'text' = 'number') =>
  featuresOf(
    prepared(
      { steps: [{ op: 'cast', columns: ['x'], to }, ...steps], fromCaller: ['x'] },
      ['x'],
      cells.map((cell) => [cell]),
    ),
  );
