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

export interface AlarmMeaning {
  /** What it says when it goes off. */
  readonly means: string;
  /** How often it does so though nothing is wrong. */
  readonly falseAlarms: string;
}

/** In the words that descriptions of alarms, messages and the API use. */
export const ALARM_MEANINGS: Readonly<Record<AlarmKind, AlarmMeaning>> = {
  drift: {
    means: 'the input or the predictions have moved, in several of the last windows',
    falseAlarms: 'stated with each window, from its own history',
  },
  'drift-confirmed': {
    means: 'days or weeks have moved, or a slow drift has become large',
    falseAlarms: 'stated with each window, from its own history',
  },
  'data-quality': {
    means: 'values are missing, of another type, out of range or unknown, against the constraints of the version',
    falseAlarms: 'none is stated: constraints are limits, not tests',
  },
  performance: {
    means: 'labels show the model to be worse than when it was registered, by more than its interval of 95 %',
    falseAlarms: 'at most 1 window in 40 for each metric that is compared, where the model is as good as it was',
  },
  bias: {
    means: 'a bias metric lies outside of what is allowed, with its whole interval of 95 %',
    falseAlarms: 'at most 1 window in 40 for each metric, where the true value lies at the limit',
  },
  'no-data': {
    means: 'no prediction was captured for whole windows',
    falseAlarms: 'none is stated: a service that is not called for that long sets it off',
  },
  errors: {
    means: 'more than a hundredth of the requests fail',
    falseAlarms: 'none is stated: it counts, it does not test',
  },
  latency: {
    means: 'one request in a hundred takes longer than half of what a request may take',
    falseAlarms: 'none is stated: it measures, it does not test',
  },
  throttles: {
    means: 'requests are refused because the function runs as often as it may',
    falseAlarms: 'none is stated: it counts, it does not test',
  },
  traffic: {
    means: 'the number of requests is far from what CloudWatch has learned to expect of this hour',
    falseAlarms: 'not stated by AWS; three standard deviations in 3 of 3 periods of five minutes',
  },
  'captures-lost': {
    means: 'predictions were answered and their captures could not be kept',
    falseAlarms: 'none: each was lost',
  },
  'monitor-failing': {
    means: 'windows cannot be evaluated, so that nothing of the above is known',
    falseAlarms: 'none: each evaluation failed',
  },
};

/** Alarms of a platform are called `{prefix}{service}.{kind}`; neither of the two holds a dot. */
export const alarmName = (prefix: string, service: string, kind: AlarmKind): string => `${prefix}${service}.${kind}`;

/** Undefined for an alarm that is none of the platform's. */
export function parseAlarmName(prefix: string, name: string): { service: string; kind: AlarmKind } | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const [service = '', kind = '', ...more] = name.slice(prefix.length).split('.');
  const known = AlarmKind.safeParse(kind);
  return known.success && more.length === 0 ? { service, kind: known.data } : undefined;
}

/** `GET /api/services/{service}/alarms`. */
export const AlarmReport = z.object({
  kind: AlarmKind,
  /** CloudWatch's name of it. */
  name: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  since: z.iso.datetime(),
  means: z.string(),
  /** CloudWatch's reason, or the newest window's sentence. */
  reason: z.string(),
  /** When it goes off: `>= 1 in 2 of 3 periods of 3600 s`. */
  threshold: z.string(),
  /** What it expects of unchanged traffic: a number of false alarms a month where it is calibrated, else in words why none is stated. */
  falseAlarms: z.object({ perMonth: z.number().optional(), says: z.string() }),
  runbook: z.string(),
});
export type AlarmReport = z.infer<typeof AlarmReport>;

export const AlarmList = z.object({ service: ServiceName, alarms: z.array(AlarmReport), notes: z.array(z.string()) });
export type AlarmList = z.infer<typeof AlarmList>;

/** CloudWatch's event of a transition, of what is read of it. */
export const AlarmStateChange = z.object({
  detail: z.object({
    alarmName: z.string(),
    state: z.object({ value: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']), reason: z.string(), timestamp: z.string() }),
    previousState: z.object({ value: z.string(), timestamp: z.string().optional() }).optional(),
  }),
});
export type AlarmStateChange = z.infer<typeof AlarmStateChange>;
