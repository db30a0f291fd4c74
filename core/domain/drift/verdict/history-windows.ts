import { PlatformError } from '../../errors.ts';
import type { Random } from '../../training/random.ts';

/**
 * The training stream cut in the order of time into windows of the served size.
 *
 * @param rows of the stream, in the order of time
 * @param rowsPerWindow as many as a window of traffic has
 * @returns `[from, to)` of each window; a remainder shorter than a window is left out, at the start, for the latest rows are most alike
 *   to what will be served
 */
export function cutInTime(rows: number, rowsPerWindow: number): readonly (readonly [number, number])[] {
  checkWindow(rows, rowsPerWindow);
  const windows = Math.floor(rows / rowsPerWindow);
  const first = rows - windows * rowsPerWindow;
  return Array.from({ length: windows }, (_, i) => [first + i * rowsPerWindow, first + (i + 1) * rowsPerWindow]);
}

/**
 * Windows drawn from a training set by whole customers, with replacement: rows of one customer are alike, and windows of single rows
 * would hide that.
 *
 * It stands in where cutting in time gives too few windows. It knows nothing of the hour or of the season, and all its windows are of one
 * training set, whose own sampling error they share: accepted production windows should replace it.
 *
 * @param entities customer of each row; rows of one need not be adjacent
 * @param options.windows how many
 * @returns row indices of each window, `rowsPerWindow` of them: the last customer is cut short
 */
export function blockBootstrap(
  entities: readonly (string | number)[],
  { rowsPerWindow, windows, random }: { rowsPerWindow: number; windows: number; random: Random },
): readonly (readonly number[])[] {
  checkWindow(entities.length, rowsPerWindow);
  const blocks = [...Map.groupBy(entities.keys(), (row) => entities[row]).values()];
  return Array.from({ length: windows }, () => {
    const rows: number[] = [];
    while (rows.length < rowsPerWindow) rows.push(...(blocks[random.below(blocks.length)] as number[]));
    return rows.slice(0, rowsPerWindow);
  });
}

function checkWindow(rows: number, rowsPerWindow: number): void {
  if (Number.isInteger(rowsPerWindow) && rowsPerWindow >= 1 && rowsPerWindow <= rows) return;
  throw new PlatformError('drift.setting_invalid', {
    message: `the monitor's setting rowsPerWindow is ${rowsPerWindow}; allowed is a whole number from 1 to the ${rows} rows of the training stream`,
    details: { setting: 'rowsPerWindow', got: String(rowsPerWindow), allowed: `a whole number from 1 to ${rows}` },
  });
}
