import { CELLS, MODE, type TreeLayout } from './tree-layout.ts';

/**
 * The leaf that a row ends in.
 *
 * @param data features, row-major
 * @param row where the row's features start
 * @param root offset of the tree's root
 * @returns the leaf's offset in the cells
 */
export function findLeaf(layout: TreeLayout, data: ArrayLike<number>, row: number, root: number): number {
  if (layout.modes) return findLeafByModes(layout, data, row, root);
  if (layout.mode === MODE.BRANCH_LEQ) return findLeafAtMost(layout, data, row, root);
  if (layout.mode === MODE.BRANCH_LT) return findLeafBelow(layout, data, row, root);
  return findLeafByMode(layout, data, row, root);
}

/** What most trainers write: features at most the threshold go left. A function of its own, so that it compiles to a few instructions. */
function findLeafAtMost(
  { cells, floats, whenMissing }: TreeLayout,
  data: ArrayLike<number>,
  row: number,
  root: number,
): number {
  let at = root;
  for (let feature = cells[at] as number; feature >= 0; feature = cells[at] as number) {
    const value = data[row + feature] as number;
    if (value <= (floats[at + 1] as number)) at = cells[at + 2] as number;
    else if (value > (floats[at + 1] as number)) at = cells[at + 3] as number;
    else at = whenMissing[at / CELLS] as number;
  }
  return at;
}

/** What XGBoost writes. */
function findLeafBelow(
  { cells, floats, whenMissing }: TreeLayout,
  data: ArrayLike<number>,
  row: number,
  root: number,
): number {
  let at = root;
  for (let feature = cells[at] as number; feature >= 0; feature = cells[at] as number) {
    const value = data[row + feature] as number;
    if (value < (floats[at + 1] as number)) at = cells[at + 2] as number;
    else if (value >= (floats[at + 1] as number)) at = cells[at + 3] as number;
    else at = whenMissing[at / CELLS] as number;
  }
  return at;
}

function findLeafByMode(layout: TreeLayout, data: ArrayLike<number>, row: number, root: number): number {
  const { cells, mode } = layout;
  let at = root;
  while ((cells[at] as number) >= 0) at = step(layout, data, { row, at, mode });
  return at;
}

function findLeafByModes(layout: TreeLayout, data: ArrayLike<number>, row: number, root: number): number {
  const { cells, modes } = layout;
  let at = root;
  while ((cells[at] as number) >= 0) at = step(layout, data, { row, at, mode: modes?.[at / CELLS] as number });
  return at;
}

function step(
  { cells, floats, whenMissing }: TreeLayout,
  data: ArrayLike<number>,
  { row, at, mode }: { row: number; at: number; mode: number },
): number {
  const value = data[row + (cells[at] as number)] as number;
  if (Number.isNaN(value)) return whenMissing[at / CELLS] as number;
  return cells[at + (holds(mode, value, floats[at + 1] as number) ? 2 : 3)] as number;
}

function holds(mode: number, value: number, threshold: number): boolean {
  if (mode === MODE.BRANCH_LEQ) return value <= threshold;
  if (mode === MODE.BRANCH_LT) return value < threshold;
  if (mode === MODE.BRANCH_GTE) return value >= threshold;
  if (mode === MODE.BRANCH_GT) return value > threshold;
  return mode === MODE.BRANCH_EQ ? value === threshold : value !== threshold;
}
