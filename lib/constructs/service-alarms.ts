import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  AnomalyDetectionAlarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ALARM_MEANINGS, type AlarmKind, alarmName } from '../../core/contracts/alarms.ts';
import { type ServiceMetricName, serviceMetric } from './service-metrics.ts';

/** Which alarms a service has, and when they go off. */
export interface AlarmProps {
  /** Kinds that are left out. @default - none */
  readonly off?: readonly AlarmKind[];
  /** Share of failed requests from which on `errors` goes off. @default 0.01 */
  readonly errorRate?: number;
  /** What one request in a hundred may take, in ms. @default - half of the function's timeout */
  readonly latencyMs?: number;
}

export interface ServiceAlarmsProps extends AlarmProps {
  readonly serviceName: string;
  readonly function: IFunction;
  /** How long a request may take. */
  readonly timeout: Duration;
  /** Length of a window. */
  readonly window: Duration;
  /** The monitor's M of N. */
  readonly breaches: number;
  readonly ofWindows: number;
  readonly alarmPrefix: string;
  readonly runbooks: string;
}

interface Rule {
  readonly kind: AlarmKind;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly breaches?: number;
  readonly of?: number;
  readonly operator?: ComparisonOperator;
  readonly missing?: TreatMissingData;
}

const FIVE_MINUTES = Duration.minutes(5);
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
const WEEK_DAYS = 7;
/** A rate of fewer requests says little: one failure of five would be a fifth. */
const LEAST_REQUESTS = 20;

/** What is wrong with an alarm on M of N windows, by what CloudWatch takes. */
export function alarmWindowProblem(window: Duration, ofWindows: number): string | undefined {
  const seconds = window.toSeconds();
  const limit = seconds < HOUR_SECONDS ? DAY_SECONDS : WEEK_DAYS * DAY_SECONDS;
  if (seconds * ofWindows <= limit) return undefined;
  return `CloudWatch looks back ${limit / DAY_SECONDS} day${limit > DAY_SECONDS ? 's' : ''} at most at windows of this length: verdict.ofWindows can be ${Math.floor(limit / seconds)} at most, got ${ofWindows}; or choose longer windows`;
}

/**
 * The alarms of a monitored service. At most ten custom metrics stand behind them, whatever the number of features; the others are AWS's own.
 *
 * Each alarm costs 0.10 USD a month, the one on traffic 0.30 (aws.amazon.com/cloudwatch/pricing, us-east-1, read in November 2026): 1.40 USD for all twelve.
 */
export class ServiceAlarms extends Construct {
  readonly all: readonly AlarmBase[];

  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);
    const { off = [] } = props;
    const rules = rulesOf(props).filter(({ kind }) => !off.includes(kind));
    const alarms: AlarmBase[] = rules.map((rule) => this.add(props, rule));
    this.all = off.includes('traffic') ? alarms : [...alarms, this.addTraffic(props)];
  }

  private addTraffic(props: ServiceAlarmsProps): AlarmBase {
    return new AnomalyDetectionAlarm(this, 'traffic', {
      ...this.named(props, 'traffic'),
      metric: props.function.metricInvocations({ period: FIVE_MINUTES, statistic: 'Sum' }),
      stdDevs: 3,
      evaluationPeriods: 3,
      comparisonOperator: ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private add(
    props: ServiceAlarmsProps,
    { kind, metric, threshold, breaches = 1, of = breaches, ...rule }: Rule,
  ): AlarmBase {
    return new Alarm(this, kind, {
      ...this.named(props, kind),
      metric,
      threshold,
      evaluationPeriods: of,
      datapointsToAlarm: breaches,
      comparisonOperator: rule.operator ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: rule.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }

  private named({ alarmPrefix, serviceName, runbooks }: ServiceAlarmsProps, kind: AlarmKind) {
    const { means, falseAlarms } = ALARM_MEANINGS[kind];
    return {
      alarmName: alarmName(alarmPrefix, serviceName, kind),
      alarmDescription: `${serviceName}: ${means}. False alarms: ${falseAlarms}. Runbook: ${runbooks}/${kind}.md`,
    };
  }
}

function rulesOf(props: ServiceAlarmsProps): readonly Rule[] {
  const { serviceName, function: called, window, breaches, ofWindows, timeout, errorRate = 0.01 } = props;
  const own = (name: ServiceMetricName, period: Duration, statistic = 'Maximum') =>
    serviceMetric(serviceName, name, { period, statistic });
  const sum = { period: FIVE_MINUTES, statistic: 'Sum' };
  const mOfN = { breaches, of: ofWindows };
  return [
    { kind: 'drift', metric: own('driftBreached', window), threshold: 1, ...mOfN },
    { kind: 'drift-confirmed', metric: own('driftConfirmed', window), threshold: 1 },
    { kind: 'data-quality', metric: own('qualityViolations', window), threshold: 1, ...mOfN },
    { kind: 'performance', metric: own('performanceWorse', window), threshold: 1, ...mOfN },
    { kind: 'bias', metric: own('biasFound', window), threshold: 1, ...mOfN },
    {
      kind: 'no-data',
      metric: own('windowRows', window),
      threshold: 1,
      breaches: 2,
      operator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // Nothing counted is nothing seen: this one alone must not take silence for well-being.
      missing: TreatMissingData.BREACHING,
    },
    {
      kind: 'errors',
      // What the function could not answer, and what it answered with a fault of the model or of the platform.
      metric: new MathExpression({
        expression: `IF(invocations >= ${LEAST_REQUESTS}, (FILL(failures, 0) + errors) / invocations, 0)`,
        usingMetrics: {
          invocations: called.metricInvocations(sum),
          errors: called.metricErrors(sum),
          failures: own('inferenceFailures', FIVE_MINUTES, 'Sum'),
        },
        period: FIVE_MINUTES,
        label: 'share of failed requests',
      }),
      threshold: errorRate,
      breaches: 2,
      of: 3,
    },
    {
      kind: 'latency',
      metric: called.metricDuration({ period: FIVE_MINUTES, statistic: 'p99' }),
      threshold: props.latencyMs ?? timeout.toMilliseconds() / 2,
      breaches: 3,
    },
    { kind: 'throttles', metric: called.metricThrottles(sum), threshold: 1, breaches: 2, of: 3 },
    { kind: 'captures-lost', metric: own('capturesLost', FIVE_MINUTES, 'Sum'), threshold: 1 },
    { kind: 'monitor-failing', metric: own('monitorFailures', Duration.hours(1)), threshold: 1, breaches: 2 },
  ];
}
