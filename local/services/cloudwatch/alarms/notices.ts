import type { Alarm } from './alarm-table.ts';
import { longDate } from './explain.ts';
import type { AlarmState } from './judge.ts';

/** What an alarm that changed its state tells others. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export const alarmArn = (name: string, { account, region }: Place): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

interface Former {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData: Readonly<Record<string, unknown>> | undefined;
  readonly stateAtMs: number;
}

const stateOf = ({ state, reason, reasonData, stateAtMs }: Former): Record<string, unknown> => ({
  value: state,
  reason,
  ...(reasonData === undefined ? {} : { reasonData: JSON.stringify(reasonData) }),
  timestamp: longDate(stateAtMs),
});

/** `detail` of the event `CloudWatch Alarm State Change`. */
export function eventDetail(alarm: Alarm, former: Former): Record<string, unknown> {
  return {
    alarmName: alarm.name,
    configuration: {
      ...(alarm.properties.AlarmDescription === undefined ? {} : { description: alarm.properties.AlarmDescription }),
      ...(alarm.kind === 'MetricAlarm'
        ? { metrics: eventMetrics(alarm.properties) }
        : { alarmRule: alarm.properties.AlarmRule }),
    },
    previousState: stateOf(former),
    state: stateOf(alarm),
  };
}

function eventMetrics(properties: Extract<Alarm, { kind: 'MetricAlarm' }>['properties']): unknown[] {
  const { Metrics, MetricName, Namespace, Dimensions = [], Period, Statistic, ExtendedStatistic } = properties;
  const metric = (name: unknown, namespace: unknown, dimensions: readonly { Name: string; Value: string }[]) => ({
    name,
    namespace,
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  });
  if (Metrics === undefined) {
    const metricStat = {
      metric: metric(MetricName, Namespace, Dimensions),
      period: Period,
      stat: Statistic ?? ExtendedStatistic,
    };
    return [{ id: 'm1', metricStat, returnData: true }];
  }
  return Metrics.map(({ Id, Expression, Label, MetricStat, ReturnData }) => ({
    id: Id,
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(Label === undefined ? {} : { label: Label }),
    ...(MetricStat === undefined
      ? {}
      : {
          metricStat: {
            metric: metric(
              MetricStat.Metric.MetricName,
              MetricStat.Metric.Namespace,
              MetricStat.Metric.Dimensions ?? [],
            ),
            period: MetricStat.Period,
            stat: MetricStat.Stat,
          },
        }),
    returnData: ReturnData,
  }));
}

/** The message of an alarm to a topic. */
export function topicMessage(alarm: Alarm, former: Former, place: Place): { subject: string; message: string } {
  const { properties } = alarm;
  const trigger =
    alarm.kind === 'CompositeAlarm'
      ? { AlarmRule: alarm.properties.AlarmRule }
      : {
          Trigger: {
            ...Object.fromEntries(
              ['MetricName', 'Namespace', 'Statistic', 'ExtendedStatistic', 'Unit', 'Period', 'Metrics'].flatMap(
                (name) => {
                  const value = alarm.properties[name as keyof typeof alarm.properties];
                  return value === undefined ? [] : [[name, value]];
                },
              ),
            ),
            ...(alarm.properties.Dimensions === undefined
              ? {}
              : { Dimensions: alarm.properties.Dimensions.map(({ Name, Value }) => ({ name: Name, value: Value })) }),
            EvaluationPeriods: alarm.properties.EvaluationPeriods,
            DatapointsToAlarm: alarm.properties.DatapointsToAlarm ?? alarm.properties.EvaluationPeriods,
            ComparisonOperator: alarm.properties.ComparisonOperator,
            ...(alarm.properties.Threshold === undefined ? {} : { Threshold: alarm.properties.Threshold }),
            TreatMissingData: alarm.properties.TreatMissingData,
          },
        };
  const message = {
    AlarmName: alarm.name,
    AlarmDescription: properties.AlarmDescription ?? null,
    AWSAccountId: place.account,
    AlarmConfigurationUpdatedTimestamp: longDate(alarm.configuredAtMs),
    NewStateValue: alarm.state,
    NewStateReason: alarm.reason,
    StateChangeTime: longDate(alarm.stateAtMs),
    Region: place.region,
    AlarmArn: alarmArn(alarm.name, place),
    OldStateValue: former.state,
    OKActions: properties.OKActions,
    AlarmActions: properties.AlarmActions,
    InsufficientDataActions: properties.InsufficientDataActions,
    ...trigger,
  };
  return { subject: `${alarm.state}: "${alarm.name}" in ${place.region}`, message: JSON.stringify(message) };
}

/** What a function gets that is an alarm's action. */
export const functionPayload = (alarm: Alarm, former: Former, place: Place): Record<string, unknown> => ({
  source: 'aws.cloudwatch',
  alarmArn: alarmArn(alarm.name, place),
  accountId: place.account,
  time: longDate(alarm.stateAtMs),
  region: place.region,
  alarmData: eventDetail(alarm, former),
});
