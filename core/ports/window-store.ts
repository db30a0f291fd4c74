import type { Series, WindowReport, WindowSummary } from '../contracts/windows.ts';

/** How far the windows of one series of one version are evaluated. */
export interface Cursor {
  readonly version: number;
  readonly series: Series;
  /** End of the last window that was evaluated, or passed over because nothing was captured. */
  readonly toMs: number;
  /** Grows with every evaluation. */
  readonly revision: number;
  /** Key of what the monitor remembers. */
  readonly memory: string;
}

export interface EvaluatedWindows {
  readonly service: string;
  readonly cursor: Cursor;
  /** At most `WINDOWS_AT_ONCE`. */
  readonly windows: readonly WindowSummary[];
}

/** As many as one transaction takes, with the cursor. */
export const WINDOWS_AT_ONCE = 50;

/** Evaluated windows, as far as they are listed. */
export interface WindowStore {
  findCursor(service: string, name: Pick<Cursor, 'version' | 'series'>): Promise<Cursor | undefined>;
  /**
   * Writes windows and how far they are evaluated, all or nothing.
   *
   * @returns false where `cursor.revision - 1` is no longer the stored revision: somebody else has evaluated them; nothing is written
   * @throws `registry.unavailable`
   */
  commit(evaluated: EvaluatedWindows, times: { now: number }): Promise<boolean>;
  find(service: string, id: string): Promise<WindowSummary | undefined>;
  /**
   * Newest first.
   *
   * @param options.before what an earlier answer gave, to go on
   */
  list(service: string, options: ListOptions): Promise<{ windows: WindowSummary[]; before?: string | undefined }>;
}

export interface ListOptions {
  readonly limit: number;
  readonly before?: string | undefined;
  readonly series?: Series | undefined;
  readonly version?: number | undefined;
}

/** What stands behind them: reports, and what monitors remember. */
export interface ReportStore {
  /** Writes a report, and `constraint_violations.json` beside it. @throws `captures.unavailable` */
  putReport(report: WindowReport, violations: string): Promise<void>;
  /** @throws `captures.unavailable` */
  readReport(service: string, name: { id: string; revision: number }): Promise<WindowReport | undefined>;
  /**
   * Keeps what a monitor remembers, under a key by its content, so that no two evaluations write one another's.
   *
   * @returns the key
   */
  putMemory(name: { service: string; version: number; series: Series }, text: string): Promise<string>;
  /** @returns undefined where it is gone */
  readMemory(key: string): Promise<string | undefined>;
  /** Forgets what nobody needs any more. */
  removeMemory(key: string): Promise<void>;
}
