import { BAND_HISTORY_MS } from '../math/anomaly-band.ts';
import { MetricDataQuery } from '../math/evaluate-queries.ts';
import { calls } from '../math/expression.ts';
import { mathError } from '../math/math-error.ts';
import { parseExpression } from '../math/parse-expression.ts';
import type { MetricAlarmProperties } from './alarm-properties.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** CloudWatch looks at more periods than it needs, so that late and missing data do less harm; its guide shows two more. */
const MORE_PERIODS = 2;

/** How an alarm is evaluated. */
export interface AlarmPlan {
  readonly queries: readonly MetricDataQuery[];
  /** The query that is compared. */
  readonly resultId: string;
  /** The band that it is compared with. */
  readonly bandId: string | undefined;
  readonly periodMs: number;
  /** M, N, and the periods that are looked at. */
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly rangePeriods: number;
  /** Evaluated at multiples of this, over a window that slides with it. */
  readonly tickMs: number;
  /** How far before the range data are read. */
  readonly historyMs: number;
}

/** @throws ValidationError for expressions that cannot be evaluated here */
export function alarmPlan(alarm: MetricAlarmProperties): AlarmPlan {
  const queries = alarm.Metrics ?? [singleMetric(alarm)];
  const expressions = queries.flatMap(({ Expression }) => Expression ?? []).map(parseExpression);
  const periods = new Set(queries.flatMap((query) => query.MetricStat?.Period ?? []));
  const [periodS = alarm.Period ?? 60] = periods;
  if (periods.size > 1) throw mathError(alarm.AlarmName, 'all metrics of an alarm must have the same period');
  const periodMs = periodS * 1000;
  const result = queries.find(({ Id, ReturnData }) => ReturnData && Id !== alarm.ThresholdMetricId);
  return {
    queries,
    resultId: result?.Id ?? '',
    bandId: alarm.ThresholdMetricId,
    periodMs,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    evaluationPeriods: alarm.EvaluationPeriods,
    rangePeriods: alarm.EvaluationPeriods + MORE_PERIODS,
    tickMs: tickMs(periodMs, alarm.EvaluationPeriods),
    historyMs: expressions.some((expression) => calls(expression, 'ANOMALY_DETECTION_BAND')) ? BAND_HISTORY_MS : 0,
  };
}

/** Every minute, of shorter periods every period, and where more than a day is looked at every hour. */
function tickMs(periodMs: number, evaluationPeriods: number): number {
  if (periodMs < MINUTE_MS) return periodMs;
  return periodMs * evaluationPeriods > DAY_MS ? HOUR_MS : MINUTE_MS;
}

const singleMetric = (alarm: MetricAlarmProperties): MetricDataQuery =>
  MetricDataQuery.parse({
    Id: 'm1',
    MetricStat: {
      Metric: { Namespace: alarm.Namespace, MetricName: alarm.MetricName, Dimensions: alarm.Dimensions },
      Period: alarm.Period,
      Stat: alarm.Statistic ?? alarm.ExtendedStatistic,
      Unit: alarm.Unit,
    },
  });
