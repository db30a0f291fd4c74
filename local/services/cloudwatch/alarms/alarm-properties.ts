import * as z from 'zod';
import { DimensionSchema, MetricDataQuery, StatisticName } from '../math/evaluate-queries.ts';
import { UNITS } from '../metrics/metric.ts';

const BAND_COMPARISONS = [
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
] as const;
const COMPARISONS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;
const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;

/** Templates give numbers and booleans as text too. */
const number = () => z.coerce.number();
const boolean = () => z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);
const Period = number().refine((seconds) => [10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0), {
  message: 'must be 10, 20, 30 or a multiple of 60',
});
const actions = () => z.array(z.string()).max(5).default([]);

const common = {
  ActionsEnabled: boolean().default(true),
  AlarmActions: actions(),
  AlarmDescription: z.string().optional(),
  InsufficientDataActions: actions(),
  OKActions: actions(),
};

/** A metric alarm's properties, as PutMetricAlarm and templates have them alike. */
export const MetricAlarmProperties = z
  .strictObject({
    ...common,
    AlarmName: z.string().min(1).max(255),
    ComparisonOperator: z.enum([...COMPARISONS, ...BAND_COMPARISONS]),
    DatapointsToAlarm: number().int().min(1).optional(),
    Dimensions: z.array(DimensionSchema).max(30).optional(),
    EvaluateLowSampleCountPercentile: z
      .literal('evaluate', 'only evaluate is available on the local platform')
      .optional(),
    EvaluationPeriods: number().int().min(1),
    ExtendedStatistic: StatisticName.optional(),
    MetricName: z.string().optional(),
    Metrics: z.array(z.preprocess(withNumbers, MetricDataQuery)).optional(),
    Namespace: z.string().optional(),
    Period: Period.optional(),
    Statistic: z.enum(STATISTICS).optional(),
    Threshold: number().optional(),
    ThresholdMetricId: z.string().optional(),
    TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
    Unit: z.enum(UNITS).optional(),
  })
  .superRefine((alarm, context) => {
    const problem = problemOf(alarm);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
export type MetricAlarmProperties = z.infer<typeof MetricAlarmProperties>;

export const CompositeAlarmProperties = z.strictObject({
  ...common,
  AlarmName: z.string().min(1).max(255),
  AlarmRule: z.string().min(1).max(10_240),
});
export type CompositeAlarmProperties = z.infer<typeof CompositeAlarmProperties>;

function withNumbers(query: unknown): unknown {
  if (typeof query !== 'object' || query === null) return query;
  const { Period: period, ReturnData: returned, MetricStat: stat, ...rest } = query as Record<string, unknown>;
  const statPeriod = typeof stat === 'object' && stat !== null && 'Period' in stat ? Number(stat.Period) : undefined;
  return {
    ...rest,
    ...(period !== undefined && { Period: Number(period) }),
    ...(returned !== undefined && { ReturnData: typeof returned === 'string' ? returned === 'true' : returned }),
    ...(stat !== undefined && {
      MetricStat: { ...(stat as object), ...(statPeriod !== undefined && { Period: statPeriod }) },
    }),
  };
}

/** What CloudWatch refuses of properties that are well-formed one by one. */
function problemOf(alarm: {
  ComparisonOperator: string;
  DatapointsToAlarm?: number | undefined;
  EvaluationPeriods: number;
  ExtendedStatistic?: string | undefined;
  MetricName?: string | undefined;
  Metrics?: readonly { ReturnData: boolean }[] | undefined;
  Namespace?: string | undefined;
  Period?: number | undefined;
  Statistic?: string | undefined;
  Threshold?: number | undefined;
  ThresholdMetricId?: string | undefined;
}): string | undefined {
  const isBand = (BAND_COMPARISONS as readonly string[]).includes(alarm.ComparisonOperator);
  if (isBand !== (alarm.ThresholdMetricId !== undefined)) {
    return `ThresholdMetricId belongs to ${BAND_COMPARISONS.join(', ')} and to no other ComparisonOperator`;
  }
  if (isBand === (alarm.Threshold !== undefined))
    return isBand ? 'Threshold cannot be given beside ThresholdMetricId' : 'Threshold is required';
  if ((alarm.DatapointsToAlarm ?? 1) > alarm.EvaluationPeriods)
    return 'DatapointsToAlarm must not exceed EvaluationPeriods';
  if (alarm.Metrics !== undefined) {
    if (alarm.MetricName !== undefined) return 'MetricName and Metrics exclude one another';
    const returned = alarm.Metrics.filter(({ ReturnData }) => ReturnData).length;
    const expected = isBand ? 2 : 1;
    return returned === expected
      ? undefined
      : `exactly ${expected} of Metrics must have ReturnData true, got ${returned}`;
  }
  const missing = (['MetricName', 'Namespace', 'Period'] as const).filter((name) => alarm[name] === undefined);
  if (missing.length > 0) return `without Metrics, ${missing.join(', ')} must be given`;
  const statistics = [alarm.Statistic, alarm.ExtendedStatistic].filter((name) => name !== undefined).length;
  return statistics === 1 ? undefined : 'exactly one of Statistic and ExtendedStatistic must be given';
}
