import { compileSteps } from './compile-steps.ts';
import { rawRow } from './fit-preparation.ts';
import type { PreparationPlan } from './plan.ts';
import { type Cell, isMissing } from './row.ts';
import { assignParts, type Part } from './split-rows.ts';

export type PreparedRow =
  | {
      readonly part: Part;
      readonly features: readonly number[];
      /** Undefined where nothing is declared. */
      readonly label: Cell | undefined;
      readonly carried: Readonly<Record<string, Cell>>;
    }
  | { readonly rejected: string };

const GAP = 'gap between the parts';

/** Prepares rows one after the other, each by the same plan, with what windows remember. */
export function transformRows(plan: PreparationPlan): (cells: readonly string[]) => PreparedRow {
  const { declaration, rawColumns, steps, boundaries, features } = plan;
  const { label, carry = [], split } = declaration;
  const { apply } = compileSteps(declaration, rawColumns, steps);
  const assign = assignParts(declaration, boundaries);
  let index = 0;
  return (cells) => {
    if (cells.length !== rawColumns.length) {
      index += 1;
      return { rejected: `has ${cells.length} cells instead of ${rawColumns.length}` };
    }
    const row = rawRow(rawColumns, cells);
    const part = assign(row as Map<string, string>, index++);
    if (part === 'invalid') return { rejected: `no time in ${(split as { time: string }).time}` };
    // Windows see what lies in a gap: the past has no gaps.
    const rejected = apply(row);
    if (rejected !== undefined) return { rejected };
    if (part === undefined) return { rejected: GAP };
    const value = label && row.get(label.column);
    if (label && isMissing(value)) return { rejected: `no label in ${label.column}` };
    return {
      part,
      features: features.map((name) => row.get(name) as number),
      label: value,
      carried: Object.fromEntries(carry.map((name) => [name, row.get(name) as Cell])),
    };
  };
}
