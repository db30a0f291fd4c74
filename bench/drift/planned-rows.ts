import { rowCounter } from '../../core/domain/drift/profile/count-rows.ts';
import { rowPlanner } from '../../core/domain/drift/profile/plan-rows.ts';
import type { Profile, ProfilePlan } from '../../core/domain/drift/profile/profile.ts';
import type { RowBatch } from '../../core/domain/drift/profile/row-batch.ts';
import { createRandom } from '../../core/domain/training/random.ts';
import { normal } from './normal.ts';

const BATCH_ROWS = 512;

/** Normal values in batches as they are counted, with the plan and the counts that they themselves give. */
export function plannedRows({ columns, rows }: { columns: number; rows: number }): {
  readonly plan: ProfilePlan;
  readonly reference: Profile;
  readonly batches: readonly RowBatch[];
} {
  const random = createRandom(columns);
  const batches: RowBatch[] = [];
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const length = Math.min(BATCH_ROWS, rows - from);
    batches.push({
      rows: length,
      columns: Array.from({ length: columns }, () => Float64Array.from({ length }, () => normal(random))),
    });
  }
  const names = Array.from({ length: columns }, (_, i) => `f${i}`);
  const planner = rowPlanner(names.map((name) => ({ name, kind: 'numeric', role: 'feature' })));
  for (const batch of batches) planner.add(batch);
  const { plan } = planner.planned();
  const counter = rowCounter(plan);
  for (const batch of batches) counter.add(batch);
  return { plan, reference: counter.profile(), batches };
}
