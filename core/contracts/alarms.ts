import * as z from 'zod';
import { ServiceName } from './service-name.ts';

/** What a service is watched for. Each is one CloudWatch alarm, with a runbook of the same name in docs/runbooks. */
export const ALARM_KINDS = [
  'drift',
  'drift-confirmed',
  'data-quality',
  'performance',
  'bias',
  'no-data',
  'errors',
  'latency',
  'throttles',
  'traffic',
  'captures-lost',
  'monitor-failing',
] as const;
export const AlarmKind = z.enum(ALARM_KINDS);
export type AlarmKind = z.infer<typeof AlarmKind>;

/** `GET /api/services/{service}/alarms`. */
export const AlarmReport = z.object({
  kind: AlarmKind,
  /** CloudWatch's name of it. */
  name: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  since: z.iso.datetime(),
  /** CloudWatch's reason, or the window's sentence. */
  reason: z.string(),
  threshold: z.string(),
  /** What it expects of unchanged traffic: a number of false alarms a month where it is calibrated, else the words why none is stated. */
  falseAlarms: z.object({ perMonth: z.number().optional(), says: z.string() }),
  runbook: z.string(),
});
export type AlarmReport = z.infer<typeof AlarmReport>;

export const AlarmList = z.object({ service: ServiceName, alarms: z.array(AlarmReport), notes: z.array(z.string()) });
export type AlarmList = z.infer<typeof AlarmList>;
