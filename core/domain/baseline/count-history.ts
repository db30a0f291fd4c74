import type { ModelColumn } from '../capture/model-columns.ts';
import { rowBuffer } from '../capture/row-buffer.ts';
import { type RowCounter, rowCounter } from '../drift/profile/count-rows.ts';
import { crossMoments } from '../drift/profile/cross-moments.ts';
import type { History, HistoryWindow } from '../drift/profile/history.ts';
import { mergeProfiles } from '../drift/profile/merge-profiles.ts';
import type { Profile, ProfilePlan } from '../drift/profile/profile.ts';
import { rankScales } from '../drift/profile/rank-scale.ts';
import { malformedRow } from './malformed-row.ts';
import { type SourceRows, sliceRows } from './row-source.ts';

export interface HistoryCounter {
  /** @throws `baseline.malformed` where time goes back */
  add(rows: SourceRows): void;
  counted(): { readonly reference: Profile; readonly history: History };
}

export interface HistoryOptions {
  readonly columns: readonly ModelColumn[];
  /** In all. */
  readonly rows: number;
  readonly rowsPerWindow: number;
}

interface Part {
  readonly counter: RowCounter;
  /** Codes of the correlated columns, batch by batch. */
  readonly codes: (readonly Uint16Array[])[];
  rows: number;
  fromMs: number | null;
  toMs: number | null;
}

/**
 * Counts a baseline by windows of its order.
 *
 * Ranks are known when all rows are counted, so until then the codes of the correlated columns are kept: two bytes for each.
 * The rows that make no whole window are the first.
 *
 * Cost: 2 bytes · correlated columns · rows of memory, and the windows' counts.
 */
export function historyCounter(
  plan: ProfilePlan,
  { columns, rows: total, rowsPerWindow }: HistoryOptions,
): HistoryCounter {
  const parts: Part[] = [];
  const first = total % rowsPerWindow;
  const open = (): Part => {
    const codes: Part['codes'] = [];
    const counter = rowCounter(plan, {
      onCodes: (batch, length) => codes.push(batch.map((column) => column.slice(0, length))),
    });
    return { counter, codes, rows: 0, fromMs: null, toMs: null };
  };
  let part = open();
  let seen = 0;
  let latestMs = Number.NEGATIVE_INFINITY;
  const buffer = rowBuffer(plan, { columns, take: (batch) => part.counter.add(batch) });
  const close = (): void => {
    buffer.flush();
    parts.push(part);
    part = open();
  };
  const checkTimes = (times: Float64Array): void => {
    for (const [i, time] of times.entries()) {
      if (time < latestMs) {
        throw malformedRow(
          'its time is before that of the row before it: sort the rows by time, or say that they are in no order',
          {
            row: seen + i + 1,
            column: '',
          },
        );
      }
      latestMs = time;
    }
  };
  return {
    add(rows) {
      if (rows.times) checkTimes(rows.times);
      for (let from = 0; from < rows.rows; ) {
        const size = parts.length === 0 && first > 0 ? first : rowsPerWindow;
        const to = Math.min(rows.rows, from + size - part.rows);
        const slice = from === 0 && to === rows.rows ? rows : sliceRows(rows, from, to);
        buffer.add(slice);
        part.fromMs ??= slice.times?.[0] ?? null;
        part.toMs = slice.times?.at(-1) ?? null;
        part.rows += to - from;
        seen += to - from;
        from = to;
        if (part.rows === size) close();
      }
    },
    counted() {
      if (part.rows > 0) close();
      const profiles = parts.map(({ counter }) => counter.profile());
      const bins = mergeProfiles(profiles[0] as Profile, ...profiles.slice(1));
      const windows = parts.map((each, i): HistoryWindow => {
        const moments = crossMoments(rankScales(plan, bins));
        for (const batch of each.codes) moments.add(batch, 0, batch[0]?.length ?? 0);
        return {
          profile: { ...(profiles[i] as Profile), crossMoments: moments.sums() },
          fromMs: each.fromMs,
          toMs: each.toMs,
        };
      });
      const all = windows.map(({ profile }) => profile);
      const whole = windows.filter(({ profile }) => profile.rows === rowsPerWindow);
      return {
        reference: mergeProfiles(all[0] as Profile, ...all.slice(1)),
        history: { rowsPerWindow, windows: whole },
      };
    },
  };
}
