import * as z from 'zod';
import { ServiceName } from './service-name.ts';

/** Captures are counted by slots of this length, of which windows of any length are sums. */
export const SLOT_MINUTES = 5;
export const SLOT_MS = SLOT_MINUTES * 60_000;
const DAY_MINUTES = 1_440;

/**
 * How long after its end a window is evaluated. Firehose holds captures for a minute, taking them in takes seconds, and an inference process may hold
 * its last ones until it is called again.
 */
export const GRACE_MS = 3 * 60_000;

/** Counts that are written later than this after the end of their slot mark its window: it may have been evaluated without them. */
export const LATE_AFTER_MS = GRACE_MS - 30_000;

export const WINDOW_LENGTH = 'a window is a multiple of 5 minutes that divides a day: 5, 10, 15, 20, 30, 60 ... 1440';
export const isWindowLength = (minutes: number): boolean =>
  minutes > 0 && minutes % SLOT_MINUTES === 0 && DAY_MINUTES % minutes === 0;

/** What a monitored service declares, as `lib` writes it into a schedule's input and `lambdas/monitor` reads it. */

/** What a service declares of its captures, by which they are read. */
export const CaptureRules = z.strictObject({
  hash: z.array(z.string()),
  drop: z.array(z.string()),
  subject: z.string().optional(),
});
export type CaptureRules = z.infer<typeof CaptureRules>;

/** The captured services with their rules, as `lib` writes them into a variable of the function that takes captures in. */
export const CountedServices = z.record(ServiceName, CaptureRules);
export type CountedServices = z.infer<typeof CountedServices>;

const Value = z.union([z.string(), z.number(), z.boolean()]);

export const TaskOptions = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('binary'), positive: Value }),
  z.strictObject({ kind: z.literal('multiclass') }),
  z.strictObject({ kind: z.literal('regression') }),
]);

export const BiasOptions = z.strictObject({
  /** A sensitive field: the name of a feature. */
  field: z.string().min(1),
  /** Which of its values are the facet thought to be at a disadvantage: values, or a threshold. */
  disadvantaged: z.union([
    z.strictObject({ values: z.array(Value).min(1) }),
    z.strictObject({ above: z.number() }),
    z.strictObject({ upTo: z.number() }),
  ]),
  /** The outcome that people want: a loan, not its refusal. */
  favourable: Value,
  /** Clarify's metrics that are watched, with what is allowed. @default - `ALLOWED` */
  allowed: z.record(z.string(), z.strictObject({ least: z.number(), most: z.number() })).optional(),
});

/** `VerdictOptions`; their ranges are checked by `verdictSettings`. */
export const VerdictConfig = z.strictObject({
  alpha: z.number().optional(),
  largestAlpha: z.number().optional(),
  breaches: z.number().optional(),
  ofWindows: z.number().optional(),
  minimumRows: z.number().optional(),
  averageRunLength: z.number().optional(),
  historyLimit: z.number().optional(),
  calibration: z.enum(['history', 'two-sample']).optional(),
  seasonal: z.boolean().optional(),
  gates: z
    .strictObject({
      ks: z.number().optional(),
      location: z.number().optional(),
      spread: z.number().optional(),
      totalVariation: z.number().optional(),
      rateRatio: z.number().optional(),
      rareShare: z.number().optional(),
      missing: z.number().optional(),
      unseen: z.number().optional(),
      correlation: z.number().optional(),
    })
    .optional(),
});

export const MonitorOptions = z.strictObject({
  service: ServiceName,
  /** Length of a window, which divides a day. */
  windowMinutes: z.number().refine((minutes) => isWindowLength(minutes), WINDOW_LENGTH),
  /** By which its captures are written. */
  capture: CaptureRules,
  /** `VerdictOptions`: what is left out has its default. */
  verdict: VerdictConfig.default({}),
  /** What labels are compared with; absent: performance is not measured. */
  task: TaskOptions.optional(),
  /** How long labels usually take: nine in ten have come by then. */
  labelDelayHours: z.number().min(0).default(24),
  /** Share of positives to be expected, for rare ones. */
  expectedPositiveRate: z.number().gt(0).lt(1).optional(),
  bias: z.array(BiasOptions).max(10).default([]),
});
export type MonitorOptions = z.infer<typeof MonitorOptions>;

/** What a schedule sends to the monitor function; `time` is Scheduler's `<aws.scheduler.scheduled-time>`. */
export const MonitorTick = z.strictObject({ monitor: MonitorOptions, time: z.iso.datetime() });
export type MonitorTick = z.infer<typeof MonitorTick>;
