import { rowCounter } from '../../core/domain/drift/profile/count-rows.ts';
import { emptyProfile, mergeProfiles } from '../../core/domain/drift/profile/merge-profiles.ts';
import { plannedRows } from './planned-rows.ts';

/** Counts as many capture objects of a thousand rows as the command line says, merges them, and prints the most memory it had. */
const objects = Number(process.argv[2]);
const { plan, reference, batches } = plannedRows({ columns: 30, rows: 1_000 });
let window = emptyProfile(plan);
for (let object = 0; object < objects; object += 1) {
  const counter = rowCounter(plan, { reference });
  for (const batch of batches) counter.add(batch);
  window = mergeProfiles(window, counter.profile());
}
console.log(JSON.stringify({ rows: window.rows, peakMiB: process.resourceUsage().maxRSS / 1024 }));
