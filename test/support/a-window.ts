import type { ColumnReport, WindowReport, WindowSummary } from '../../core/contracts/windows.ts';
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

const EFFECT = { kind: 'jsDistance', size: 0.3, gate: 0.1, passes: true, says: 'median 3 to 7' };

/** A column that moved. */
export const aColumn = (column: string | null, parts: Partial<ColumnReport> = {}): ColumnReport => ({
  column,
  role: column === null ? null : 'feature',
  state: 'DRIFT',
  breached: true,
  p: 0.0005,
  z: 7.1,
  effect: EFFECT,
  effects: [EFFECT],
  statistics: { psi: 0.41, ks: 0.2, wasserstein: 'Infinity' },
  histogram: { bins: ['< 3', '3 or more', 'missing'], reference: [0.5, 0.5, 0], current: [0.1, 0.85, 0.05] },
  ...parts,
});

const ESTIMATE = { value: 0.81, lower: 0.78, upper: 0.84 };

/** The report of an hour in which everything went wrong, by `name` in every place that a user's data can name. */
export const aBadReport = (name: string): WindowReport =>
  aWindowReport(1, {
    state: 'DRIFT',
    breached: true,
    confirmed: true,
    since: '2026-06-01T00:00:00.000Z',
    moved: [{ column: name, says: 'median 3 to 7' }],
    sentence: `DRIFT: ${name} moved (median 3 to 7).`,
    violations: 1,
    performance: 'WORSE',
    labelCoverage: 0.8,
    bias: 'BIASED',
    columns: [aColumn(name), aColumn(null, { histogram: undefined, breached: false, state: 'OK' })],
    quality: {
      violations: [{ feature: name, check: 'completeness_check', description: `${name} is 95 % complete` }],
    },
    performanceReport: {
      state: 'WORSE',
      predictions: 600,
      labelled: 480,
      coverage: ESTIMATE,
      maturity: 'MATURE',
      delayMs: { median: 3_600_000, ninetieth: 7_200_000 },
      measured: { roc_auc: ESTIMATE },
      estimated: { kind: 'estimated', metrics: { accuracy: ESTIMATE } },
      expected: { roc_auc: 0.93 },
      says: [`roc_auc fell below ${name}`],
    },
    biasReport: [
      { field: name, metrics: [{ metric: 'DPPL', estimate: ESTIMATE, state: 'BIASED', says: `${name} is favoured` }] },
    ],
    trend: [
      { from: '2026-06-01T00:00:00.000Z', rows: 500, state: 'OK', effects: [0.2, 0.1] },
      { from: '2026-06-01T01:00:00.000Z', rows: 600, state: 'DRIFT', effects: [3, 0.2] },
    ],
  });
