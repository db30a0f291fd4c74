import type { MonitorOptions } from '../../contracts/monitor.ts';
import { hourOf } from '../../domain/labels/hour-of.ts';
import type { RememberedWindow } from '../../domain/windows/monitor-memory.ts';
import type { LabelReader } from '../../ports/label-store.ts';

const HOUR_MS = 3_600_000;

/** Starts of the windows whose labels have changed since they were evaluated, the earliest first, at most `limit`. */
export async function windowsWithNewLabels(
  { labels }: { readonly labels: Pick<LabelReader, 'labelledHours'> },
  {
    options,
    windows,
    limit,
  }: { readonly options: MonitorOptions; readonly windows: readonly RememberedWindow[]; readonly limit: number },
): Promise<ReadonlySet<number>> {
  const [first] = windows;
  const last = windows.at(-1);
  if (options.task === undefined || first === undefined || last === undefined) return new Set();
  const changed = await labels.labelledHours(options.service, {
    from: hourOf(first.fromMs),
    to: hourOf(last.toMs + HOUR_MS),
  });
  const changedAt = new Map(changed.map(({ hour, changedAtMs }) => [hour, changedAtMs]));
  if (changedAt.size === 0) return new Set();
  const isNew = ({ fromMs, toMs, evaluatedAtMs }: RememberedWindow): boolean => {
    for (let at = fromMs; at < toMs; at += HOUR_MS) {
      if ((changedAt.get(hourOf(at)) ?? 0) > evaluatedAtMs) return true;
    }
    return false;
  };
  return new Set(
    windows
      .filter(isNew)
      .slice(0, limit)
      .map(({ fromMs }) => fromMs),
  );
}
