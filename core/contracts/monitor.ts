import * as z from 'zod';
import { ServiceName } from './service-name.ts';

/** What a monitored service declares, as `lib` writes it into a schedule's input and `lambdas/monitor` reads it. */

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

export const MonitorOptions = z.strictObject({
  service: ServiceName,
  /** Length of a window, which divides a day. */
  windowMinutes: z.number().int().min(1).max(1_440),
  /** How long after its end captures of a window still come as a rule: it is evaluated then. */
  graceMinutes: z.number().min(0).max(1_440),
  /** `VerdictOptions`: what is left out has its default. */
  verdict: z
    .strictObject({
      alpha: z.number().optional(),
      breaches: z.number().int().optional(),
      ofWindows: z.number().int().optional(),
      minimumRows: z.number().int().optional(),
      calibration: z.enum(['history', 'two-sample']).optional(),
      seasonal: z.boolean().optional(),
      gates: z.record(z.string(), z.number()).optional(),
    })
    .default({}),
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
