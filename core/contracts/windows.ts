import * as z from 'zod';
import { ServiceName } from './service-name.ts';
import { VERSION_LIMIT } from './version-number.ts';

/** Evaluated windows, as the API answers them and as `reports/{service}/{id}.json` holds them. */

const Instant = z.iso.datetime();

/** JSON has no NaN and no infinities: they are written as these texts, never as null. */
export const Measure = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
export type Measure = z.infer<typeof Measure>;

export const EstimateOf = z.object({ value: Measure, lower: Measure, upper: Measure });

/** `window`: the length that the service declares. A day and a week are sums of such windows, UTC; a week starts on Monday. */
export const SERIES = ['window', 'day', 'week'] as const;
export const Series = z.enum(SERIES);
export type Series = z.infer<typeof Series>;

/** Which window of which version: `3.window.20261125T1000Z`. */
export const WINDOW_ID_PATTERN = /^[1-9]\d{0,7}\.(?:window|day|week)\.\d{8}T\d{4}Z$/;
export const WindowId = z.string().regex(WINDOW_ID_PATTERN, 'a window id is one that GET .../windows lists');

export const VERDICT_STATES = ['WARMING_UP', 'INSUFFICIENT_DATA', 'OK', 'SUSPECT', 'DRIFT'] as const;
export const VerdictState = z.enum(VERDICT_STATES);

export const PERFORMANCE_STATES = ['NO_LABELS', 'MATURING', 'AS_EXPECTED', 'WORSE'] as const;
export const BIAS_STATES = ['INSUFFICIENT_DATA', 'WITHIN', 'UNCERTAIN', 'BIASED'] as const;

/** What became of the capture records of a window: records = readable + withheld + truncated + unreadable. */
export const WindowTally = z.object({
  /** Capture objects that hold rows of the window. */
  objects: z.number().int(),
  records: z.number().int(),
  rows: z.number().int(),
  repeated: z.number().int(),
  withheld: z.number().int(),
  truncated: z.number().int(),
  unreadable: z.number().int(),
  duplicateRows: z.number().int(),
});
export type WindowTally = z.infer<typeof WindowTally>;

/** How often the monitor speaks of traffic that has not changed, at most. */
export const ExpectedFalseAlarms = z.object({
  alpha: z.number(),
  perWindow: z.number(),
  suspectsPerMonth: z.number(),
  pagesPerMonth: z.number(),
  slowDriftChecksPerMonth: z.number(),
});

/** A line of `GET /api/services/{service}/windows`, newest first. */
export const WindowSummary = z.object({
  id: WindowId,
  service: ServiceName,
  version: z.number().int().min(1).max(VERSION_LIMIT),
  series: Series,
  from: Instant,
  to: Instant,
  /** 1 when it was first evaluated; one more each time that late objects or labels changed it. */
  revision: z.number().int().min(1),
  evaluatedAt: Instant,
  /** Why it was evaluated again. */
  reopened: z.object({ at: Instant, reason: z.enum(['LATE_CAPTURES', 'LABELS', 'EARLIER_WINDOW']) }).optional(),
  rows: z.number().int(),
  state: VerdictState,
  calibration: z.enum(['CALIBRATED', 'UNCALIBRATED']),
  breached: z.boolean(),
  /** M of the last N windows breach. */
  confirmed: z.boolean(),
  /** Slow drift has become large. */
  slowDrift: z.boolean(),
  /** Since when it is suspected or drifts. */
  since: Instant.optional(),
  /** The columns that breached, the largest change against its gate first; at most 20. null: the rank correlations. */
  moved: z.array(z.object({ column: z.string().nullable(), says: z.string() })),
  sentence: z.string(),
  violations: z.number().int(),
  performance: z.enum(PERFORMANCE_STATES).optional(),
  /** Of predictions that have labels, 0 to 1. */
  labelCoverage: z.number().optional(),
  bias: z.enum(BIAS_STATES).optional(),
});
export type WindowSummary = z.infer<typeof WindowSummary>;

export const EffectReport = z.object({
  kind: z.string(),
  size: Measure,
  gate: z.number(),
  passes: z.boolean(),
  says: z.string(),
});

/** Shares of rows by bin or by category, reference and window. */
export const Histogram = z.object({
  /** `< 12.5`, `12.5 to 20`, a category, `rare`, `unseen`, `missing`. */
  bins: z.array(z.string()),
  reference: z.array(z.number()),
  current: z.array(z.number()),
});

export const ColumnReport = z.object({
  /** null: the rank correlations. */
  column: z.string().nullable(),
  role: z.enum(['feature', 'prediction']).nullable(),
  state: VerdictState,
  breached: z.boolean(),
  /** Conformal, of its most unusual channel, adjusted for all channels of the service. */
  p: Measure,
  z: Measure,
  effect: EffectReport,
  effects: z.array(EffectReport),
  /** By name: psi, kl, js, hellinger, totalVariation, ks, wasserstein, normalizedWasserstein, chiSquareP, modelMonitorRobust, ... of counts, against the reference. */
  statistics: z.record(z.string(), Measure),
  histogram: Histogram.optional(),
});
export type ColumnReport = z.infer<typeof ColumnReport>;

export const BiasReportOf = z.object({
  field: z.string(),
  metrics: z.array(
    z.object({
      metric: z.string(),
      estimate: EstimateOf,
      state: z.enum(BIAS_STATES).optional(),
      says: z.string(),
    }),
  ),
});

export const PerformanceReport = z.object({
  state: z.enum(PERFORMANCE_STATES),
  predictions: z.number().int(),
  labelled: z.number().int(),
  coverage: EstimateOf.optional(),
  maturity: z.enum(['EMPTY', 'UNLABELLED', 'MATURING', 'MATURE']),
  delayMs: z.object({ median: Measure, ninetieth: Measure }),
  measured: z.record(z.string(), EstimateOf),
  /** Before labels: CBPE, or why it is refused. */
  estimated: z
    .union([
      z.object({ kind: z.literal('estimated'), metrics: z.record(z.string(), EstimateOf) }),
      z.object({ kind: z.literal('refused'), reason: z.string(), why: z.string() }),
    ])
    .optional(),
  positives: z
    .object({ observed: z.number(), expected: z.number(), pValue: Measure, verdict: z.string(), says: z.string() })
    .optional(),
  /** What it is compared with: of the same metric when the version was made. */
  expected: z.record(z.string(), z.number()),
  says: z.array(z.string()),
});

/** `GET /api/services/{service}/windows/{id}`. */
export const WindowReport = WindowSummary.extend({
  baseline: z.object({ folder: z.string(), rows: z.number().int() }),
  tally: WindowTally,
  p: Measure.optional(),
  alpha: z.number(),
  historyWindows: z.number().int(),
  strata: z.string(),
  expectedFalseAlarms: ExpectedFalseAlarms,
  /** Most unusual first. */
  columns: z.array(ColumnReport),
  quality: z.object({
    violations: z.array(z.object({ feature: z.string(), check: z.string(), description: z.string() })),
  }),
  performanceReport: PerformanceReport.optional(),
  biasReport: z.array(BiasReportOf).optional(),
  /** Why performance or bias could not be looked at. */
  labelsProblem: z.string().optional(),
  /** The windows of the same series before it and itself, oldest first, for the trend of each column. */
  trend: z.array(
    z.object({
      from: Instant,
      rows: z.number().int(),
      state: VerdictState,
      /** Size of a column's largest effect against its gate, in the order of `columns`; absent where not evaluated. */
      effects: z.array(z.number()).optional(),
    }),
  ),
});
export type WindowReport = z.infer<typeof WindowReport>;

export const WindowList = z.object({
  service: ServiceName,
  /** Newest first. */
  windows: z.array(WindowSummary),
  /** Ask with `?before=` for older ones. */
  before: z.string().optional(),
  /** Why there are none, or what is missing: no capture, no monitor, a version without baseline. */
  notes: z.array(z.string()),
});
export type WindowList = z.infer<typeof WindowList>;

/** What `GET .../windows` may be asked. */
export const WindowQuery = z.strictObject({
  series: Series.optional(),
  version: z.coerce.number().int().min(1).max(VERSION_LIMIT).optional(),
  /** What an earlier answer gave as `before`. */
  before: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** What `GET .../windows/{id}` may be asked. */
export const WindowRevision = z.strictObject({
  revision: z.coerce.number().int().min(1).optional(),
  format: z.enum(['json', 'html']).optional(),
});
