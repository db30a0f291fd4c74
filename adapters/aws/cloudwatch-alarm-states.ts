import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { PlatformError } from '../../core/domain/errors.ts';
import type { AlarmState, AlarmStates } from '../../core/ports/notices.ts';

/** Alarms as CloudWatch tells of them. */
export const cloudWatchAlarmStates = ({ client }: { client: CloudWatchClient }): AlarmStates => ({
  async list(prefix) {
    const found: MetricAlarm[] = [];
    let token: string | undefined;
    do {
      const request = new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, NextToken: token });
      const page = await client.send(request).catch((cause: unknown) => {
        throw new PlatformError('alarms.unavailable', {
          message: 'the alarms cannot be read at the moment; try again',
          details: { operation: 'DescribeAlarms' },
          cause,
        });
      });
      found.push(...(page.MetricAlarms ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return found.map(toState).sort((a, b) => (a.name < b.name ? -1 : 1));
  },
});

const OPERATORS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
  LessThanLowerOrGreaterThanUpperThreshold: 'outside of the expected band',
  GreaterThanUpperThreshold: 'above the expected band',
  LessThanLowerThreshold: 'below the expected band',
};

function toState(alarm: MetricAlarm): AlarmState {
  const { AlarmName = '', StateValue = 'INSUFFICIENT_DATA', StateReason = '', AlarmDescription = '' } = alarm;
  const changed = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp ?? new Date(0);
  return {
    name: AlarmName,
    state: StateValue,
    sinceMs: changed.getTime(),
    reason: StateReason,
    threshold: thresholdOf(alarm),
    runbook: /Runbook: (\S+)/.exec(AlarmDescription)?.[1] ?? '',
  };
}

function thresholdOf(alarm: MetricAlarm): string {
  const { EvaluationPeriods = 1, DatapointsToAlarm = EvaluationPeriods, Threshold, ComparisonOperator = '' } = alarm;
  const period = alarm.Period ?? alarm.Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period;
  const limit = Threshold === undefined ? '' : ` ${Threshold}`;
  const every = period === undefined ? '' : ` of ${period} s`;
  return `${OPERATORS[ComparisonOperator] ?? ComparisonOperator}${limit} in ${DatapointsToAlarm} of ${EvaluationPeriods} periods${every}`;
}
