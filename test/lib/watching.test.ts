import { App, Duration, Stack } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALARM_KINDS } from '../../core/contracts/alarms.ts';
import { parseConfig } from '../../lib/config.ts';
import { ModelMonitor, type MonitorProps, monitorProblems } from '../../lib/constructs/model-monitor.ts';
import { resourcesOf as countedResources } from '../../lib/resource-budget.ts';
import { bundle } from '../../scripts/bundle.ts';
import { resourcesOf, synthesizeTemplate, type Template } from './synthesize.ts';

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData: string;
  readonly Period?: number;
  readonly Threshold?: number;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Metrics?: { readonly MetricStat?: { readonly Metric: { Namespace: string; MetricName: string } } }[];
}

const alarmsIn = (template: Template) =>
  resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties as unknown as AlarmProperties);
const alarmOf = (template: Template, service: string, kind: string) =>
  alarmsIn(template).find(({ AlarmName }) => AlarmName === `keelson.Keelson.${service}.${kind}`);

const FULL = { capture: {}, monitor: { verdict: { breaches: 2, ofWindows: 3 } } };

describe('a monitored service in the stack', () => {
  let template: Template;
  beforeAll(async () => {
    await bundle();
    template = await synthesizeTemplate({
      services: {
        fraud: FULL,
        quiet: { capture: {}, monitor: { alarms: { off: ['no-data', 'traffic'], errorRate: 0.2, latencyMs: 700 } } },
        unwatched: {},
      },
      dashboard: true,
    });
  });

  it('has an alarm of each kind but those that are left out, each with its meaning and its runbook', () => {
    const kindsOf = (service: string) =>
      alarmsIn(template)
        .map(({ AlarmName }) => AlarmName.split('.'))
        .filter(([, , name]) => name === service)
        .map(([, , , kind]) => kind)
        .toSorted();
    expect(kindsOf('fraud')).toEqual([...ALARM_KINDS].toSorted());
    expect(kindsOf('quiet')).toEqual(ALARM_KINDS.filter((kind) => kind !== 'no-data' && kind !== 'traffic').toSorted());
    expect(kindsOf('unwatched')).toEqual([]);
    for (const { AlarmName, AlarmDescription } of alarmsIn(template)) {
      expect(AlarmDescription).toContain(`docs/runbooks/${AlarmName.split('.').at(-1)}.md`);
      expect(AlarmDescription).toContain('False alarms:');
    }
  });

  it('asks for M of N windows, and takes missing data for well-being in all but the one alarm on missing data', () => {
    expect(alarmOf(template, 'fraud', 'drift')).toMatchObject({
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Period: 3_600,
      TreatMissingData: 'notBreaching',
    });
    const breaching = alarmsIn(template).filter(({ TreatMissingData }) => TreatMissingData !== 'notBreaching');
    expect(breaching.map(({ AlarmName }) => AlarmName)).toEqual(['keelson.Keelson.fraud.no-data']);
  });

  it('takes the thresholds that are given', () => {
    expect(alarmOf(template, 'quiet', 'errors')).toMatchObject({ Threshold: 0.2 });
    expect(alarmOf(template, 'quiet', 'latency')).toMatchObject({ Threshold: 700 });
    expect(alarmOf(template, 'fraud', 'latency')).toMatchObject({ Threshold: 5_000 });
  });

  it('needs at most ten metrics that are paid for', () => {
    const own = alarmsIn(template)
      .filter(({ AlarmName }) => AlarmName.includes('.fraud.'))
      .flatMap(({ Namespace, MetricName, Metrics = [] }) => [
        ...(Namespace === 'Keelson' ? [MetricName] : []),
        ...Metrics.flatMap(({ MetricStat }) =>
          MetricStat?.Metric.Namespace === 'Keelson' ? [MetricStat.Metric.MetricName] : [],
        ),
      ]);
    // capturesSpilled is written too, and no alarm is on it.
    expect(new Set([...own, 'capturesSpilled']).size).toBeLessThanOrEqual(10);
  });

  it('is drawn on one dashboard with all others, where that is asked for', async () => {
    const boards = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
    expect(boards).toHaveLength(1);
    const body = JSON.stringify(boards[0]?.[1].Properties['DashboardBody']);
    for (const text of ['# fraud', '# quiet', '# unwatched', 'driftBreached', 'qualityViolations', 'windowRows']) {
      expect(body).toContain(text);
    }
    expect(resourcesOf(await synthesizeTemplate({ services: { fraud: FULL } }), 'AWS::CloudWatch::Dashboard')).toEqual(
      [],
    );
  });
});

describe('the number of resources of a stack', () => {
  const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack';
  it.each([
    ['no service', {}],
    ['a service', { services: { a: {} } }],
    ['a captured one', { services: { a: { capture: { hash: ['x'], subject: 'who' } } } }],
    ['monitored ones', { services: { a: FULL, b: FULL, c: { capture: {} }, d: {} } }],
    ['alarms left out', { services: { a: { ...FULL, monitor: { alarms: { off: ['traffic' as const] } } } } }],
    [
      'notifications and a dashboard',
      {
        services: { a: FULL },
        notifications: { email: ['a@b.example', 'c@b.example'], slackSecretArn: arn },
        dashboard: true,
      },
    ],
  ])('is what a configuration is counted to need: %s', async (_, config) => {
    const { Resources } = await synthesizeTemplate(config);
    expect(countedResources(config)).toBeGreaterThanOrEqual(Object.keys(Resources).length);
    expect(countedResources(config) - Object.keys(Resources).length).toBeLessThanOrEqual(2);
  });

  it('fails at synth where CloudFormation would refuse it', () => {
    const services = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, FULL] as const));
    expect(parseConfig({ services: services(13) }).services).toHaveProperty('s12');
    expect(() => parseConfig({ services: services(14) })).toThrow(
      'they need 516 resources with the platform, one stack takes 500: each takes 17, 18 with captures, 31 with a monitor and all alarms',
    );
  });
});

describe('what a monitor refuses at synth', () => {
  const problems = (props: MonitorProps, capture: object | undefined = {}) =>
    monitorProblems({ serviceName: 'fraud', capture, ...props });
  const field = { field: 'age', advantaged: { min: 40 } } as never;

  it('is nothing where nothing is wrong', () => {
    expect(problems({})).toEqual([]);
  });

  it('fails without captures', () => {
    expect(monitorProblems({ serviceName: 'fraud', capture: undefined })).toEqual([
      'there is nothing to watch without captures: set capture',
    ]);
  });

  it.each<[string, MonitorProps, object, string]>([
    ['captures of no request', {}, { samplingRate: 0 }, 'samplingRate of 0'],
    ['a window that does not divide a day', { window: Duration.minutes(7) }, {}, 'got 7 minutes'],
    ['bias by what is hashed', { bias: [field] }, { hash: ['age'] }, 'bias by age cannot be seen'],
    ['bias by what is dropped', { bias: [field] }, { drop: ['age'] }, 'bias by age cannot be seen'],
    ['a delay of labels that nothing is compared with', { labelDelay: Duration.hours(2) }, {}, 'set task'],
    ['rare positives of a regression', { task: { kind: 'regression' }, expectedPositiveRate: 0.01 }, {}, 'binary'],
    ['M of N that no window can reach', { verdict: { breaches: 4, ofWindows: 3 } }, {}, 'breaches'],
    [
      'more windows than CloudWatch looks back at',
      { window: Duration.minutes(30), verdict: { breaches: 2, ofWindows: 60 } },
      {},
      'CloudWatch looks back',
    ],
  ])('fails for %s', (_, props, capture, text) => {
    expect(problems(props, capture).join('\n')).toContain(text);
  });

  it('is said by the construct with its path', () => {
    const evaluator = () => {
      throw new Error('not reached');
    };
    const stack = new Stack(new App(), 'S');
    expect(() => new ModelMonitor(stack, 'M', { serviceName: 'fraud', capture: undefined, evaluator })).toThrow(
      'S/M: there is nothing to watch without captures',
    );
  });
});
