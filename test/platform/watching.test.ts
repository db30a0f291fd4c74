import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  AnomalyDetectionAlarm,
  CompositeAlarm,
  Dashboard,
  MathExpression,
  Metric,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from '../../local/platform.ts';

const HOUR_MS = 3_600_000;

/** Takes its time from the schedule; drifts from its third window on. */
const HANDLER = `
let windows = 0;
exports.handler = async (event) => {
  if (event.time === undefined) return { statusCode: event.rawPath === '/broken' ? 500 : 200 };
  windows += 1;
  process.stdout.write(JSON.stringify({
    _aws: {
      Timestamp: Date.parse(event.time),
      CloudWatchMetrics: [{ Namespace: 'Test', Dimensions: [['service']], Metrics: [{ Name: 'drift', Unit: 'Count' }] }],
    },
    service: 'fraud',
    drift: windows >= 3 ? 1 : 0,
  }) + '\\n');
};`;

function synthesize(directory: string): string {
  const code = path.join(directory, 'code');
  mkdirSync(code, { recursive: true });
  writeFileSync(path.join(code, 'index.js'), HANDLER);
  const app = new App({ outdir: path.join(directory, 'cdk.out') });
  const stack = new Stack(app, 'Watch');
  const monitor = new LambdaFunction(stack, 'Monitor', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(code),
  });
  new Schedule(stack, 'Hourly', {
    schedule: ScheduleExpression.cron({ minute: '0', timeZone: TimeZone.ETC_UTC }),
    target: new LambdaInvoke(monitor, {
      input: ScheduleTargetInput.fromObject({ time: ContextAttribute.scheduledTime }),
    }),
  });
  const drift = new Metric({
    namespace: 'Test',
    metricName: 'drift',
    dimensionsMap: { service: 'fraud' },
    period: Duration.hours(1),
    statistic: 'Maximum',
  });
  const alarm = new Alarm(stack, 'Drift', {
    alarmName: 'drift',
    metric: drift,
    threshold: 1,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  const pages = new Topic(stack, 'Pages');
  pages.addSubscription(new EmailSubscription('on-call@example.com'));
  alarm.addAlarmAction(new SnsAction(pages));
  new Rule(stack, 'AnyAlarm', {
    eventPattern: { source: ['aws.cloudwatch'], detail: { alarmName: ['page'], state: { value: ['ALARM'] } } },
    targets: [
      new SnsTopic(pages, {
        message: RuleTargetInput.fromText(`page: ${EventField.fromPath('$.detail.alarmName')}`),
      }),
    ],
  });
  new Secret(stack, 'Webhook', { secretName: 'webhook' });
  new CompositeAlarm(stack, 'Page', {
    compositeAlarmName: 'page',
    alarmRule: AlarmRule.fromAlarm(alarm, AlarmState.ALARM),
  });
  new Dashboard(stack, 'Board', { dashboardName: 'board', widgets: [[new TextWidget({ markdown: 'drift' })]] });
  const api = new HttpApi(stack, 'Api');
  api.addRoutes({ path: '/{any+}', integration: new HttpLambdaIntegration('Any', monitor) });
  new Alarm(stack, 'Errors', {
    alarmName: 'errors',
    metric: api.metricServerError({ period: Duration.minutes(1), statistic: 'Sum' }),
    threshold: 2,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  new AnomalyDetectionAlarm(stack, 'Traffic', {
    alarmName: 'traffic',
    metric: api.metricCount({ period: Duration.minutes(5), statistic: 'Sum' }),
    evaluationPeriods: 1,
    stdDevs: 3,
  });
  new Alarm(stack, 'ErrorRate', {
    alarmName: 'error-rate',
    metric: new MathExpression({
      expression: '100 * errors / invocations',
      usingMetrics: { errors: monitor.metricErrors(), invocations: monitor.metricInvocations() },
    }),
    threshold: 1,
    evaluationPeriods: 3,
  });
  new Alarm(stack, 'Slow', {
    alarmName: 'slow',
    metric: monitor.metricDuration({ statistic: 'p99' }),
    threshold: 60_000,
    evaluationPeriods: 3,
  });
  return app.synth().directory;
}

describe('watching on one machine', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'keelson-watching-'));
  let platform: Platform;
  let client: CloudWatchClient;
  beforeAll(async () => {
    platform = await startPlatform({ assembly: synthesize(directory), dataDirectory: path.join(directory, 'data') });
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    client = new CloudWatchClient({
      endpoint: platform.endpoints['CLOUDWATCH'] ?? '',
      region: 'us-east-1',
      credentials,
    });
  });
  afterAll(async () => {
    client?.destroy();
    await platform?.close();
    rmSync(directory, { recursive: true });
  });

  const states = async (AlarmName: string) => {
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({
        AlarmName,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        HistoryItemType: 'StateUpdate',
        ScanBy: 'TimestampAscending',
      }),
    );
    return AlarmHistoryItems;
  };

  it('runs the schedule through the hours that the clock is moved by, and alarms within them', async () => {
    await fetch(`${platform.endpoints['ADMIN']}/clock`, {
      method: 'POST',
      body: JSON.stringify({ advanceMs: HOUR_MS - (platform.clock.now() % HOUR_MS) }),
    });
    const startMs = Math.floor(platform.clock.now() / HOUR_MS) * HOUR_MS;
    await platform.advance(5 * HOUR_MS);
    const items = await states('drift');
    expect(items.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm updated from OK to ALARM',
    ]);
    // The first window is at `startMs`; the fourth is the second that drifts, and lies in the minute after it began.
    expect(items[1]?.Timestamp).toEqual(new Date(startMs + 3 * HOUR_MS + 60_000));
    expect((await states('page')).at(-1)).toMatchObject({ HistorySummary: 'Alarm updated from OK to ALARM' });
    const mails = (await (await fetch(`${platform.endpoints['ADMIN']}/mail`)).json()) as {
      subject: string;
      body: string;
    }[];
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      'ALARM: "drift" in us-east-1',
      'AWS Notification Message',
    ]);
    expect(mails.find(({ subject }) => subject.startsWith('AWS'))?.body).toBe('"page: page"');
  });

  it('measures functions and HTTP APIs as AWS does', async () => {
    const beganMs = platform.clock.now();
    for (const name of ['fine', 'broken', 'broken']) await fetch(`${platform.url}/${name}`);
    await platform.advance(2 * 60_000);
    expect((await states('errors')).map(({ HistorySummary }) => HistorySummary)).toContain(
      'Alarm updated from OK to ALARM',
    );
    const AlarmNames = ['traffic', 'error-rate', 'slow'];
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames }));
    expect(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue])).toEqual([
      ['error-rate', 'OK'],
      ['slow', 'OK'],
      // There are no days before to compare with.
      ['traffic', 'INSUFFICIENT_DATA'],
    ]);
    const apiId = Object.keys(platform.urls)[0] ?? '';
    const stat = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: {
        Metric: { Namespace: 'AWS/ApiGateway', MetricName, Dimensions: [{ Name: 'ApiId', Value: apiId }] },
        Period: 3600,
        Stat: 'Sum',
      },
    });
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(beganMs),
        EndTime: new Date(platform.clock.now() + 1),
        MetricDataQueries: [stat('count', 'Count'), stat('failed', '5xx'), stat('refused', '4xx')],
      }),
    );
    const sums = MetricDataResults?.map(({ Values = [] }) => Values.reduce((sum, value) => sum + value, 0));
    expect(sums).toEqual([3, 2, 0]);
  });
});
