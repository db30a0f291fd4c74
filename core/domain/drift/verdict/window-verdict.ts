import type { ColumnRole } from '../profile/profile.ts';
import type { Effect } from './effects.ts';
import type { Strata } from './strata.ts';
import type { SlowDriftWatch } from './watch-slow-drift.ts';

/**
 * - `WARMING_UP`: too little history to tell the unusual from the usual.
 * - `INSUFFICIENT_DATA`: no rows, no values, or so few rows that a change as large as the gates could have gone unseen; never read as OK.
 * - `OK`: nothing moved by as much as the gates, and it would have been seen.
 * - `SUSPECT`: this window is unusual and the change is large.
 * - `DRIFT`: M of the last N windows were, or slow drift has become large. Pages.
 */
export type VerdictState = 'WARMING_UP' | 'INSUFFICIENT_DATA' | 'OK' | 'SUSPECT' | 'DRIFT';

/** What was found of one column, or of the correlations. */
export interface ColumnVerdict {
  /** null: the rank correlations. */
  readonly column: string | null;
  readonly role: ColumnRole | null;
  readonly state: VerdictState;
  readonly breached: boolean;
  /** Of its most unusual channel, adjusted for all channels of the service. */
  readonly p: number;
  readonly z: number;
  /** What moved most against its gate among what is unusual, else the most unusual. */
  readonly effect: Effect;
  /** All channels of the column. */
  readonly effects: readonly Effect[];
}

export interface WindowVerdict {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: number;
  readonly state: VerdictState;
  readonly calibration: 'CALIBRATED' | 'UNCALIBRATED';
  /** Whether there was enough to test; M of N counts a window that was not as not breaching. */
  readonly evaluated: boolean;
  readonly breached: boolean;
  /** Whether M of the last N windows breach; `DRIFT` without it is slow drift. */
  readonly confirmed: boolean;
  /** Of the maximum over all channels; null where not evaluated. */
  readonly p: number | null;
  readonly alpha: number;
  /** Windows that it was compared with. */
  readonly historyWindows: number;
  readonly strata: Strata;
  /** Most unusual first; empty where not evaluated. */
  readonly columns: readonly ColumnVerdict[];
  readonly slowDrift: SlowDriftWatch;
  /** Start of the first window of the present suspicion or drift; null where there is none. */
  readonly sinceMs: number | null;
  readonly sentence: string;
}
