import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface OpenedCloudWatch {
  readonly client: CloudWatchClient;
  readonly nowMs: number;
  close(): Promise<void>;
}

/** The JSON protocol has another name for it than the query protocol had. */
const REFUSED = { name: expect.stringMatching(/^Validation(Error|Exception)$/), $metadata: { httpStatusCode: 400 } };
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What every CloudWatch must do that the monitor relies on. @param moto whose known differences from AWS are skipped by name */
export function describeCloudWatch(
  name: string,
  open: () => Promise<OpenedCloudWatch>,
  { moto = false }: { moto?: boolean } = {},
): void {
  describe(`CloudWatch: ${name}`, () => {
    let cloudWatch: OpenedCloudWatch;
    let startMs: number;
    beforeAll(async () => {
      cloudWatch = await open();
      startMs = Math.floor(cloudWatch.nowMs / HOUR_MS) * HOUR_MS - HOUR_MS;
    }, 60_000);
    afterAll(() => cloudWatch?.close());

    let namespaces = 0;
    const newNamespace = () => {
      namespaces += 1;
      return `Test/${namespaces}`;
    };
    const at = (minute: number) => new Date(startMs + minute * MINUTE_MS);
    const put = (Namespace: string, MetricData: MetricDatum[]) =>
      cloudWatch.client.send(new PutMetricDataCommand({ Namespace, MetricData }));
    const get = async (queries: MetricDataQuery[], minutes = 60) => {
      const { MetricDataResults = [] } = await cloudWatch.client.send(
        new GetMetricDataCommand({
          MetricDataQueries: queries,
          StartTime: at(0),
          EndTime: at(minutes),
          ScanBy: 'TimestampAscending',
        }),
      );
      return MetricDataResults;
    };
    const query = (Namespace: string, Stat: string, Period = 60): MetricDataQuery => ({
      Id: 'm1',
      MetricStat: { Metric: { Namespace, MetricName: 'latency' }, Period, Stat },
    });
    const values = async (Namespace: string, Stat: string, Period = 60) =>
      (await get([query(Namespace, Stat, Period)]))[0]?.Values;

    it.each([
      ['Sum', [6, 10]],
      ['Average', [2, 10]],
      ['Minimum', [1, 10]],
      ['Maximum', [3, 10]],
      ['SampleCount', [3, 1]],
    ])('gives the %s of each period', async (stat, expected) => {
      const namespace = newNamespace();
      await put(
        namespace,
        [1, 2, 3].map((Value) => ({ MetricName: 'latency', Value, Timestamp: at(0) })),
      );
      await put(namespace, [{ MetricName: 'latency', Value: 10, Timestamp: at(5) }]);
      expect(await values(namespace, stat)).toEqual(expected);
    });

    it('gathers minutes into longer periods', async () => {
      const namespace = newNamespace();
      await put(
        namespace,
        [0, 1, 2, 5].map((minute) => ({ MetricName: 'latency', Value: 1, Timestamp: at(minute) })),
      );
      const [result] = await get([query(namespace, 'Sum', 300)]);
      expect(result?.Values).toEqual([3, 1]);
      expect(result?.Timestamps).toEqual([at(0), at(5)]);
    });

    it('keeps metrics of other dimensions apart', async () => {
      const namespace = newNamespace();
      const Dimensions = [{ Name: 'service', Value: 'fraud' }];
      await put(namespace, [
        { MetricName: 'latency', Value: 1, Timestamp: at(0), Dimensions },
        { MetricName: 'latency', Value: 2, Timestamp: at(0), Dimensions: [{ Name: 'service', Value: 'churn' }] },
      ]);
      const MetricStat = {
        Metric: { Namespace: namespace, MetricName: 'latency', Dimensions },
        Period: 60,
        Stat: 'Sum',
      };
      expect((await get([{ Id: 'm1', MetricStat }]))[0]?.Values).toEqual([1]);
    });

    it('takes values with counts, and sets of statistics', async () => {
      const namespace = newNamespace();
      const StatisticValues = { SampleCount: 2, Sum: 6, Minimum: 1, Maximum: 5 };
      await put(namespace, [
        { MetricName: 'latency', Values: [1, 4], Counts: [2, 1], Timestamp: at(0) },
        { MetricName: 'latency', StatisticValues, Timestamp: at(5) },
      ]);
      expect(await values(namespace, 'Sum')).toEqual([6, 6]);
      expect(await values(namespace, 'SampleCount')).toEqual([3, 2]);
    });

    it('gives nothing for a metric that is not there', async () => {
      expect(await values(newNamespace(), 'Sum')).toEqual([]);
    });

    it('answers GetMetricStatistics', async () => {
      const namespace = newNamespace();
      await put(
        namespace,
        [1, 3].map((Value) => ({ MetricName: 'latency', Value, Timestamp: at(0) })),
      );
      const { Datapoints } = await cloudWatch.client.send(
        new GetMetricStatisticsCommand({
          Namespace: namespace,
          MetricName: 'latency',
          StartTime: at(0),
          EndTime: at(10),
          Period: 60,
          Statistics: ['Sum', 'Average'],
        }),
      );
      expect(Datapoints).toEqual([expect.objectContaining({ Timestamp: at(0), Sum: 4, Average: 2 })]);
    });

    it('lists metrics by namespace, name and dimension', async () => {
      const namespace = newNamespace();
      const Dimensions = [{ Name: 'service', Value: 'fraud' }];
      await put(namespace, [
        { MetricName: 'latency', Value: 1, Timestamp: at(0), Dimensions },
        { MetricName: 'errors', Value: 1, Timestamp: at(0) },
      ]);
      const list = async (input: object) =>
        (await cloudWatch.client.send(new ListMetricsCommand({ Namespace: namespace, ...input }))).Metrics;
      expect(await list({})).toHaveLength(2);
      expect(await list({ MetricName: 'latency' })).toEqual([
        { Namespace: namespace, MetricName: 'latency', Dimensions },
      ]);
      expect(await list({ Dimensions: [{ Name: 'service' }] })).toHaveLength(1);
    });

    describe('alarms', () => {
      const putAlarm = (AlarmName: string, more: object = {}) =>
        cloudWatch.client.send(
          new PutMetricAlarmCommand({
            AlarmName,
            Namespace: 'Test/Alarms',
            MetricName: 'errors',
            Statistic: 'Sum',
            Period: 60,
            EvaluationPeriods: 3,
            DatapointsToAlarm: 2,
            Threshold: 1,
            ComparisonOperator: 'GreaterThanThreshold',
            TreatMissingData: 'notBreaching',
            ...more,
          }),
        );
      const describeAlarm = async (name: string) =>
        (await cloudWatch.client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0];

      it('begin without data, and are described as they were put', async () => {
        await putAlarm('begins');
        expect(await describeAlarm('begins')).toMatchObject({
          AlarmName: 'begins',
          StateValue: moto ? 'OK' : 'INSUFFICIENT_DATA',
          Period: 60,
          EvaluationPeriods: 3,
          DatapointsToAlarm: 2,
          Threshold: 1,
          TreatMissingData: 'notBreaching',
          AlarmArn: expect.stringMatching(/^arn:aws:cloudwatch:us-east-1:\d{12}:alarm:begins$/),
        });
      });

      it('take a state that is set', async () => {
        await putAlarm('set');
        await cloudWatch.client.send(
          new SetAlarmStateCommand({
            AlarmName: 'set',
            StateValue: 'ALARM',
            StateReason: 'a drill',
            StateReasonData: '{"drill":1}',
          }),
        );
        expect(await describeAlarm('set')).toMatchObject({ StateValue: 'ALARM', StateReason: 'a drill' });
      });

      it('are found by prefix and by state', async () => {
        await putAlarm('prefix-a');
        const find = (input: object) => cloudWatch.client.send(new DescribeAlarmsCommand(input));
        expect((await find({ AlarmNamePrefix: 'prefix-' })).MetricAlarms).toHaveLength(1);
        await cloudWatch.client.send(
          new SetAlarmStateCommand({ AlarmName: 'prefix-a', StateValue: 'ALARM', StateReason: 'a drill' }),
        );
        const alarming = (await find({ StateValue: 'ALARM' })).MetricAlarms?.map(({ AlarmName }) => AlarmName);
        expect(alarming).toContain('prefix-a');
      });

      it('are gone when they were deleted', async () => {
        await putAlarm('gone');
        await cloudWatch.client.send(new DeleteAlarmsCommand({ AlarmNames: ['gone'] }));
        expect(await describeAlarm('gone')).toBeUndefined();
      });

      it('fail to take a state where there is no such alarm', async () => {
        const set = new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'a drill' });
        await expect(cloudWatch.client.send(set)).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
      });
    });

    describe.skipIf(moto)(
      moto ? 'the rest (skipped: moto has no percentiles, no metric math and few checks)' : 'the rest',
      () => {
        it('fails for a time that ends before it begins', async () => {
          const backwards = new GetMetricDataCommand({
            MetricDataQueries: [query('A', 'Sum')],
            StartTime: at(5),
            EndTime: at(5),
          });
          await expect(cloudWatch.client.send(backwards)).rejects.toMatchObject(REFUSED);
        });

        it('gives percentiles, none of sets of statistics', async () => {
          const namespace = newNamespace();
          const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
          await put(namespace, [
            { MetricName: 'latency', Values: hundred, Timestamp: at(0) },
            {
              MetricName: 'latency',
              StatisticValues: { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 },
              Timestamp: at(1),
            },
          ]);
          expect(await values(namespace, 'p90')).toEqual([90]);
          expect(await values(namespace, 'p99.5')).toEqual([100]);
        });

        it.each([
          ['m1 / m2 * 100', [50]],
          ['IF(m1 > 4, 1, 0)', [1, 0]],
          ['SUM([m1, m2])', [15, 2]],
          ['SUM(METRICS())', [15, 2]],
          ['m1 + FILL(m2, 0)', [15, 2]],
          ['MAX(m1) - m1', [0, 3]],
          ['m1 > 1 AND m2 < 11', [1]],
          ['-m1 ^ 2', [-25, -4]],
          ['DIFF(m1)', [-3]],
          ['RATE(m1)', [-3 / 60]],
          ['PERIOD(m1)', [60, 60]],
        ])('evaluates %s', async (Expression, expected) => {
          const namespace = newNamespace();
          await put(namespace, [
            { MetricName: 'a', Value: 5, Timestamp: at(0) },
            { MetricName: 'b', Value: 10, Timestamp: at(0) },
            { MetricName: 'a', Value: 2, Timestamp: at(1) },
          ]);
          const plain = (Id: string, MetricName: string) => ({
            Id,
            ReturnData: false,
            MetricStat: { Metric: { Namespace: namespace, MetricName }, Period: 60, Stat: 'Sum' },
          });
          const results = await get([plain('m1', 'a'), plain('m2', 'b'), { Id: 'e1', Expression }], 2);
          expect(results.map(({ Values }) => Values)).toEqual([expected]);
        });

        it.each([
          ['an expression that cannot be read', { Id: 'e1', Expression: 'm1 +' }],
          ['a function that is not there', { Id: 'e1', Expression: 'SEARCH("x")' }],
          ['an id that is not there', { Id: 'e1', Expression: 'm9' }],
          ['an expression that depends on itself', { Id: 'e1', Expression: 'e1 + 1' }],
        ])('fails for %s', async (_, broken) => {
          await expect(get([query('A', 'Sum'), broken])).rejects.toMatchObject(REFUSED);
        });

        it.each([
          [
            'a time of three weeks ago',
            () => ({ Value: 1, Timestamp: new Date(cloudWatch.nowMs - 21 * 24 * HOUR_MS) }),
          ],
          ['a time in three hours', () => ({ Value: 1, Timestamp: new Date(cloudWatch.nowMs + 3 * HOUR_MS) })],
          ['no value', () => ({})],
          ['a value twice', () => ({ Value: 1, Values: [1] })],
        ])('fails for %s', async (_, datum) => {
          await expect(put('Test/Failing', [{ MetricName: 'latency', ...datum() }])).rejects.toMatchObject({
            name: 'InvalidParameterValueException',
            $metadata: { httpStatusCode: 400 },
          });
        });
      },
    );
  });
}
