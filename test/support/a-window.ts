import type { WindowReport, WindowSummary } from '../../core/contracts/windows.ts';
import { windowId } from '../../core/domain/windows/window-id.ts';

const HOUR_MS = 3_600_000;
const DAY = Date.UTC(2026, 5, 1);

/** The summary of an hour of 1 June 2026 in which nothing happened, where nothing else is asked for. */
export function aWindow(hour: number, parts: Partial<WindowSummary> = {}): WindowSummary {
  const fromMs = DAY + hour * HOUR_MS;
  return {
    id: windowId({ version: 1, series: 'window', fromMs }),
    service: 'fraud',
    version: 1,
    series: 'window',
    from: new Date(fromMs).toISOString(),
    to: new Date(fromMs + HOUR_MS).toISOString(),
    revision: 1,
    evaluatedAt: new Date(fromMs + HOUR_MS + 240_000).toISOString(),
    rows: 600,
    state: 'OK',
    calibration: 'CALIBRATED',
    breached: false,
    confirmed: false,
    slowDrift: false,
    moved: [],
    sentence: 'OK: nothing moved.',
    violations: 0,
    ...parts,
  };
}

/** The report of such an hour. */
export const aWindowReport = (hour: number, parts: Partial<WindowReport> = {}): WindowReport => ({
  ...aWindow(hour),
  baseline: { folder: 'baselines/fraud/1/', rows: 50_000 },
  tally: {
    objects: 3,
    records: 600,
    rows: 600,
    repeated: 0,
    withheld: 0,
    truncated: 0,
    unreadable: 0,
    duplicateRows: 0,
  },
  p: 0.4,
  alpha: 0.005,
  historyWindows: 200,
  strata: 'none',
  expectedFalseAlarms: {
    alpha: 0.005,
    perWindow: 0.005,
    suspectsPerMonth: 3.6,
    pagesPerMonth: 0.03,
    slowDriftChecksPerMonth: 1,
  },
  columns: [],
  quality: { violations: [] },
  trend: [],
  ...parts,
});
