import * as z from 'zod';
import { AwsError } from '../../rpc/aws-error.ts';
import { defineOperation, type Operation, timestampMs } from '../../rpc/operation.ts';
import { CompositeAlarmProperties, MetricAlarmProperties } from '../alarms/alarm-properties.ts';
import type { Alarm, AlarmTable } from '../alarms/alarm-table.ts';
import type { AlarmWatch } from '../alarms/alarm-watch.ts';
import { alarmArn, type Place } from '../alarms/notices.ts';

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const KINDS = ['MetricAlarm', 'CompositeAlarm'] as const;
const TYPES = ['ConfigurationUpdate', 'StateUpdate', 'Action'] as const;
const PAGE = 100;

const page = { MaxRecords: z.number().int().min(1).max(PAGE).default(PAGE), NextToken: z.string().optional() };
const DescribeAlarms = z.strictObject({
  ...page,
  ActionPrefix: z.string().optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmNames: z.array(z.string()).max(100).optional(),
  AlarmTypes: z.array(z.enum(KINDS)).default(['MetricAlarm']),
  StateValue: z.enum(STATES).optional(),
});
const DescribeAlarmHistory = z.strictObject({
  ...page,
  AlarmName: z.string().optional(),
  AlarmTypes: z.array(z.enum(KINDS)).default(['MetricAlarm']),
  EndDate: timestampMs().optional(),
  HistoryItemType: z.enum(TYPES).optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
  StartDate: timestampMs().optional(),
});
const SetAlarmState = z.strictObject({
  AlarmName: z.string(),
  StateReason: z.string().max(1023),
  StateReasonData: z.string().max(4000).optional(),
  StateValue: z.enum(STATES),
});
const tags = { Tags: z.array(z.unknown()).optional() };

/** DescribeAlarms, DescribeAlarmHistory, SetAlarmState, PutMetricAlarm, PutCompositeAlarm, DeleteAlarms. */
export function alarmOperations(
  watch: AlarmWatch,
  table: AlarmTable,
  place: Place,
): Readonly<Record<string, Operation>> {
  return {
    PutMetricAlarm: defineOperation(MetricAlarmProperties.safeExtend(tags), ({ Tags: _, ...properties }) => {
      watch.put({ kind: 'MetricAlarm', properties }, 'request');
      return {};
    }),
    PutCompositeAlarm: defineOperation(CompositeAlarmProperties.extend(tags), ({ Tags: _, ...properties }) => {
      watch.put({ kind: 'CompositeAlarm', properties }, 'request');
      return {};
    }),
    DeleteAlarms: defineOperation(z.strictObject({ AlarmNames: z.array(z.string()).max(100) }), ({ AlarmNames }) => {
      const unknown = AlarmNames.filter((name) => watch.find(name) === undefined);
      if (unknown.length > 0) throw notFound(unknown.join(', '));
      for (const name of AlarmNames) watch.remove(name);
      return {};
    }),
    DescribeAlarms: defineOperation(DescribeAlarms, (input) => {
      const { AlarmTypes, AlarmNames, AlarmNamePrefix = '', ActionPrefix, StateValue } = input;
      const found = watch
        .list()
        .filter(({ kind }) => AlarmTypes.includes(kind))
        .filter(({ name }) => (AlarmNames?.includes(name) ?? true) && name.startsWith(AlarmNamePrefix))
        .filter(({ state }) => StateValue === undefined || state === StateValue)
        .filter(
          (alarm) => ActionPrefix === undefined || actions(alarm).some((action) => action.startsWith(ActionPrefix)),
        );
      const { items, next } = takePage(found, input);
      return {
        MetricAlarms: items.filter(({ kind }) => kind === 'MetricAlarm').map((alarm) => describe(alarm, place)),
        CompositeAlarms: items.filter(({ kind }) => kind === 'CompositeAlarm').map((alarm) => describe(alarm, place)),
        ...next,
      };
    }),
    DescribeAlarmHistory: defineOperation(DescribeAlarmHistory, (input) => {
      const {
        AlarmName,
        AlarmTypes,
        HistoryItemType,
        StartDate = 0,
        EndDate = Number.MAX_SAFE_INTEGER,
        ScanBy,
      } = input;
      const found = table
        .history({ alarm: AlarmName, type: HistoryItemType, fromMs: StartDate, untilMs: EndDate })
        .filter(({ kind }) => AlarmTypes.includes(kind));
      const { items, next } = takePage(ScanBy === 'TimestampAscending' ? found.reverse() : found, input);
      return {
        AlarmHistoryItems: items.map(({ alarm, kind, type, summary, data, atMs }) => ({
          AlarmName: alarm,
          AlarmType: kind,
          HistoryItemType: type,
          HistorySummary: summary,
          HistoryData: JSON.stringify(data),
          Timestamp: new Date(atMs),
        })),
        ...next,
      };
    }),
    SetAlarmState: defineOperation(SetAlarmState, ({ AlarmName, StateValue, StateReason, StateReasonData }) => {
      const alarm = watch.find(AlarmName);
      if (alarm === undefined) throw notFound(AlarmName);
      const reasonData = StateReasonData === undefined ? undefined : parseReasonData(StateReasonData);
      watch.setState(alarm, { state: StateValue, reason: StateReason, reasonData });
      return {};
    }),
  };
}

const notFound = (name: string) =>
  new AwsError('ResourceNotFound', `There is no alarm ${name}`, { statusCode: 404, queryCode: 'ResourceNotFound' });

function parseReasonData(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new AwsError(
      'InvalidFormat',
      `StateReasonData is not JSON: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
}

function takePage<T>(
  all: readonly T[],
  { MaxRecords, NextToken }: { MaxRecords: number; NextToken?: string | undefined },
) {
  const start = NextToken === undefined ? 0 : Number(NextToken);
  if (!Number.isInteger(start))
    throw new AwsError('InvalidNextToken', `The next token '${NextToken}' is not one of ours`);
  const isMore = start + MaxRecords < all.length;
  return { items: all.slice(start, start + MaxRecords), next: isMore ? { NextToken: String(start + MaxRecords) } : {} };
}

const actions = ({ properties }: Alarm): readonly string[] => [
  ...properties.AlarmActions,
  ...properties.OKActions,
  ...properties.InsufficientDataActions,
];

const describe = (alarm: Alarm, place: Place): Record<string, unknown> => ({
  ...alarm.properties,
  ...(alarm.kind === 'MetricAlarm' &&
    alarm.properties.Metrics === undefined && { Dimensions: alarm.properties.Dimensions ?? [] }),
  AlarmArn: alarmArn(alarm.name, place),
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAtMs),
  StateValue: alarm.state,
  StateReason: alarm.reason,
  ...(alarm.reasonData !== undefined && { StateReasonData: JSON.stringify(alarm.reasonData) }),
  StateUpdatedTimestamp: new Date(alarm.stateAtMs),
  StateTransitionedTimestamp: new Date(alarm.transitionedAtMs),
});
