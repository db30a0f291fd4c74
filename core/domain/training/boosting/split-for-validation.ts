import type { Random } from '../random.ts';

/**
 * Chooses rows for validation at random.
 *
 * @param options.share of the rows, in [0, 1)
 * @param options.stratified take the share of every class, but leave each at least one row to train on
 * @returns row indices, ascending
 */
export function splitForValidation(
  labels: Float64Array,
  { share, random, stratified }: { share: number; random: Random; stratified: boolean },
): { fit: Uint32Array; validation: Uint32Array } {
  if (share === 0) return { fit: Uint32Array.from(labels.keys()), validation: new Uint32Array() };
  const chosen = new Set(groupRows(labels, stratified).flatMap((rows) => sample(rows, share, random)));
  const rows = Uint32Array.from(labels.keys());
  return { fit: rows.filter((row) => !chosen.has(row)), validation: rows.filter((row) => chosen.has(row)) };
}

function groupRows(labels: Float64Array, stratified: boolean): number[][] {
  const groups = new Map<number, number[]>();
  labels.forEach((label, row) => {
    const key = stratified ? label : 0;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  });
  return [...groups.entries()].sort(([a], [b]) => a - b).map(([, rows]) => rows);
}

/** The first places of a Fisher-Yates shuffle. */
function sample(rows: readonly number[], share: number, random: Random): number[] {
  const pool = [...rows];
  const size = Math.min(Math.round(rows.length * share), rows.length - 1);
  for (let i = 0; i < size; i += 1) {
    const j = i + random.below(pool.length - i);
    [pool[i], pool[j]] = [pool[j] as number, pool[i] as number];
  }
  return pool.slice(0, size);
}
