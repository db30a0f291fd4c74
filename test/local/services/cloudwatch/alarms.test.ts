import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../../../local/clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type LocalCloudWatch, NOON, openLocalCloudWatch } from './local-cloudwatch.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:pages';

const putAlarm = ({ client }: LocalCloudWatch, input: Partial<PutMetricAlarmCommandInput> = {}) =>
  client.send(
    new PutMetricAlarmCommand({
      AlarmName: 'drift',
      Namespace: 'Keelson',
      MetricName: 'drift',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [TOPIC],
      ...input,
    }),
  );
const put = ({ client }: LocalCloudWatch, atMs: number, Value: number, MetricName = 'drift') =>
  client.send(
    new PutMetricDataCommand({ Namespace: 'Keelson', MetricData: [{ MetricName, Value, Timestamp: new Date(atMs) }] }),
  );
const alarmOf = async ({ client }: LocalCloudWatch, name = 'drift') =>
  (await client.send(new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })))
    .MetricAlarms?.[0];
const told = ({ events }: LocalCloudWatch) =>
  events.map(({ detail, atMs }) => [detail.alarmName, detail.state.value, (atMs - NOON) / MINUTE]);

describe('an alarm of the local CloudWatch', () => {
  it('changes at the minute at which M of N data points breach, and back, once each, in order of the clock', async () => {
    using folder = temporaryFolder();
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path });
    await putAlarm(cloudWatch);
    for (const [minute, value] of [
      [1, 0],
      [10, 2],
      [11, 2],
      [12, 0],
      [13, 0],
    ] as const) {
      await put(cloudWatch, NOON + minute * MINUTE, value);
    }
    await cloudWatch.advance(5 * HOUR);
    expect(told(cloudWatch)).toEqual([
      ['drift', 'OK', 1],
      ['drift', 'ALARM', 12],
      ['drift', 'OK', 14],
    ]);
    await cloudWatch.advance(DAY);
    expect(cloudWatch.events).toHaveLength(3);
  });

  it('says why in the words and the data of AWS', async () => {
    using folder = temporaryFolder();
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path });
    await putAlarm(cloudWatch, { EvaluationPeriods: 1, DatapointsToAlarm: 1 });
    await put(cloudWatch, NOON, 5);
    await cloudWatch.advance(MINUTE);
    const alarm = await alarmOf(cloudWatch);
    expect(alarm).toMatchObject({
      StateValue: 'ALARM',
      StateReason:
        'Threshold Crossed: 1 out of the last 1 datapoint [5.0 (01/06/26 12:00:00)] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).',
      StateUpdatedTimestamp: new Date(NOON + MINUTE),
    });
    expect(JSON.parse(alarm?.StateReasonData ?? '')).toEqual({
      version: '1.0',
      queryDate: '2026-06-01T12:01:00.000+0000',
      startDate: '2026-06-01T12:00:00.000+0000',
      statistic: 'Maximum',
      period: 60,
      recentDatapoints: [5],
      threshold: 1,
      evaluatedDatapoints: [{ timestamp: '2026-06-01T12:00:00.000+0000', sampleCount: 1, value: 5 }],
    });
  });

  it('tells its actions once, and keeps a history', async () => {
    using folder = temporaryFolder();
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path });
    await putAlarm(cloudWatch, { EvaluationPeriods: 1, DatapointsToAlarm: 1 });
    await put(cloudWatch, NOON, 5);
    await cloudWatch.advance(MINUTE);
    expect(cloudWatch.actions).toEqual([
      { arn: TOPIC, payload: expect.objectContaining({ subject: 'ALARM: "drift" in us-east-1' }) },
    ]);
    const history = await cloudWatch.client.send(new DescribeAlarmHistoryCommand({ AlarmName: 'drift' }));
    expect(
      history.AlarmHistoryItems?.map(({ HistoryItemType, HistorySummary }) => [HistoryItemType, HistorySummary]),
    ).toEqual([
      ['Action', `In progress of executing action ${TOPIC}`],
      ['StateUpdate', 'Alarm updated from INSUFFICIENT_DATA to ALARM'],
      ['ConfigurationUpdate', 'Alarm "drift" created'],
    ]);
  });

  it('has insufficient data once its whole range is empty, where missing data are missing', async () => {
    using folder = temporaryFolder();
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path });
    await putAlarm(cloudWatch, { TreatMissingData: 'missing' });
    await put(cloudWatch, NOON, 0);
    await cloudWatch.advance(HOUR);
    expect(told(cloudWatch)).toEqual([
      ['drift', 'OK', 1],
      ['drift', 'INSUFFICIENT_DATA', 6],
    ]);
  });

  it('looks back over long periods every minute, and over more than a day every hour', async () => {
    using folder = temporaryFolder();
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path });
    await putAlarm(cloudWatch, { AlarmName: 'hour', Period: 3600, EvaluationPeriods: 1, DatapointsToAlarm: 1 });
    await putAlarm(cloudWatch, { AlarmName: 'days', Period: 86_400, EvaluationPeriods: 2, DatapointsToAlarm: 1 });
    await put(cloudWatch, NOON + 90_000, 2);
    await cloudWatch.advance(2 * HOUR);
    expect(told(cloudWatch).filter(([, state]) => state === 'ALARM')).toEqual([
      ['hour', 'ALARM', 2],
      ['days', 'ALARM', 60],
    ]);
  });

  it('evaluates percentiles and metric math', async () => {
    using folder = temporaryFolder();
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path });
    const plain = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: 'Keelson', MetricName }, Period: 60, Stat: 'Sum' },
    });
    const {
      Namespace: _n,
      MetricName: _m,
      Statistic: _s,
      Period: _p,
      ...rest
    } = {
      AlarmName: 'rate',
      Namespace: '',
      MetricName: '',
      Statistic: '',
      Period: 0,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    } as const;
    await cloudWatch.client.send(
      new PutMetricAlarmCommand({
        ...rest,
        Metrics: [plain('errors', 'errors'), plain('all', 'all'), { Id: 'rate', Expression: '100 * errors / all' }],
      }),
    );
    await put(cloudWatch, NOON, 1, 'errors');
    await put(cloudWatch, NOON, 10, 'all');
    await cloudWatch.advance(MINUTE);
    expect(await alarmOf(cloudWatch, 'rate')).toMatchObject({ StateValue: 'ALARM' });
  });

  it('finds traffic outside of the band of the days before', async () => {
    using folder = temporaryFolder();
    const clock = createClock({ wall: () => NOON });
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path, clock });
    for (let day = 1; day <= 5; day += 1) await put(cloudWatch, NOON - day * DAY, 100 + day, 'requests');
    await cloudWatch.client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'traffic',
        EvaluationPeriods: 1,
        ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold',
        ThresholdMetricId: 'band',
        TreatMissingData: 'ignore',
        Metrics: [
          {
            Id: 'm1',
            MetricStat: { Metric: { Namespace: 'Keelson', MetricName: 'requests' }, Period: 300, Stat: 'Sum' },
          },
          { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(m1, 3)' },
        ],
      }),
    );
    await put(cloudWatch, NOON, 1, 'requests');
    await cloudWatch.advance(5 * MINUTE);
    expect(told(cloudWatch)).toContainEqual(['traffic', 'ALARM', 1]);
  });

  it('is composed of others, and follows them at the same moment', async () => {
    using folder = temporaryFolder();
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path });
    const { client } = cloudWatch;
    await putAlarm(cloudWatch);
    await client.send(
      new PutCompositeAlarmCommand({ AlarmName: 'page', AlarmRule: 'ALARM("drift") AND NOT ALARM("drill")' }),
    );
    await client.send(new SetAlarmStateCommand({ AlarmName: 'drift', StateValue: 'ALARM', StateReason: 'a drill' }));
    await cloudWatch.advance(0);
    expect(told(cloudWatch)).toEqual([
      ['page', 'OK', 0],
      ['drift', 'ALARM', 0],
      ['page', 'ALARM', 0],
    ]);
  });

  it('fails to be put with a rule that cannot be read', async () => {
    using folder = temporaryFolder();
    await using cloudWatch = await openLocalCloudWatch({ directory: folder.path });
    const put = new PutCompositeAlarmCommand({ AlarmName: 'page', AlarmRule: 'ALARM("drift") AND' });
    await expect(cloudWatch.client.send(put)).rejects.toThrow(/unexpected end/);
  });

  it('keeps its state over a restart, makes up what it missed, and tells nothing twice', async () => {
    using folder = temporaryFolder();
    const define = (service: LocalCloudWatch['service'], threshold = 1) =>
      service.putAlarm({
        kind: 'MetricAlarm',
        properties: {
          AlarmName: 'drift',
          Namespace: 'Keelson',
          MetricName: 'drift',
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: threshold,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          TreatMissingData: 'ignore',
          ActionsEnabled: true,
          AlarmActions: [],
          OKActions: [],
          InsufficientDataActions: [],
        },
      });
    {
      await using first = await openLocalCloudWatch({ directory: folder.path });
      define(first.service);
      await put(first, NOON, 2);
      await put(first, NOON + 30 * MINUTE, 0);
      await first.advance(10 * MINUTE);
      expect(told(first)).toEqual([['drift', 'ALARM', 1]]);
    }
    const clock = createClock({ wall: () => NOON + HOUR });
    await using second = await openLocalCloudWatch({ directory: folder.path, clock });
    expect(await alarmOf(second)).toBeUndefined();
    define(second.service);
    expect(await alarmOf(second)).toMatchObject({
      StateValue: 'ALARM',
      StateTransitionedTimestamp: new Date(NOON + MINUTE),
    });
    await second.advance(MINUTE);
    expect(told(second)).toEqual([['drift', 'OK', 31]]);
  });
});
