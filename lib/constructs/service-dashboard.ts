import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LegendPosition,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ServiceAlarms } from './service-alarms.ts';
import { type ServiceMetricName, serviceMetric } from './service-metrics.ts';

/** What of a service is drawn. */
interface DrawnService {
  readonly serviceName: string;
  readonly function: IFunction;
  /** Undefined where nothing is watched: its requests alone are drawn. */
  readonly watched: { readonly alarms: ServiceAlarms; readonly window: Duration } | undefined;
}

export interface ServiceDashboardProps {
  readonly services: readonly DrawnService[];
  /** @default - CloudFormation's */
  readonly dashboardName?: string;
}

const FIVE_MINUTES = Duration.minutes(5);
const ROW_WIDTH = 24;
const THIRD = 8;
const QUARTER = 6;

/**
 * One CloudWatch dashboard of all services: a row of requests for each, and below it, where it is monitored, its alarms and what its windows showed.
 *
 * CloudWatch has three dashboards free of charge; each further one costs 3 USD a month (aws.amazon.com/cloudwatch/pricing, read in November 2026).
 */
export class ServiceDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { services, dashboardName }: ServiceDashboardProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Board', {
      ...(dashboardName !== undefined && { dashboardName }),
      defaultInterval: Duration.days(3),
    });
    for (const service of services) {
      this.dashboard.addWidgets(new TextWidget({ markdown: `# ${service.serviceName}`, width: ROW_WIDTH, height: 1 }));
      this.dashboard.addWidgets(...requests(service));
      if (service.watched === undefined) continue;
      const { alarms, window } = service.watched;
      this.dashboard.addWidgets(
        new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.all], width: ROW_WIDTH, height: 3 }),
      );
      this.dashboard.addWidgets(...windows(service.serviceName, window));
    }
  }
}

function requests({ serviceName, function: called }: DrawnService): IWidget[] {
  const sum = { period: FIVE_MINUTES, statistic: 'Sum' };
  return [
    graph('Requests', [called.metricInvocations({ ...sum, label: 'requests' })], THIRD),
    graph(
      'Failures',
      [
        called.metricErrors({ ...sum, label: 'function errors' }),
        serviceMetric(serviceName, 'inferenceFailures', { ...sum, label: 'failed predictions' }),
        called.metricThrottles({ ...sum, label: 'throttled' }),
      ],
      THIRD,
    ),
    graph(
      'Duration (ms)',
      [
        called.metricDuration({ period: FIVE_MINUTES, statistic: 'p50', label: 'median' }),
        called.metricDuration({ period: FIVE_MINUTES, statistic: 'p99', label: 'p99' }),
      ],
      THIRD,
    ),
  ];
}

function windows(serviceName: string, window: Duration): IWidget[] {
  const ofWindows = (metrics: Partial<Record<ServiceMetricName, string>>) =>
    Object.entries(metrics).map(([name, label]) =>
      serviceMetric(serviceName, name as ServiceMetricName, { period: window, label }),
    );
  return [
    graph('Drift', ofWindows({ driftBreached: 'window breaches', driftConfirmed: 'confirmed' }), QUARTER),
    graph('Data quality', ofWindows({ qualityViolations: 'violated checks' }), QUARTER),
    graph(
      'Performance and bias',
      ofWindows({ performanceWorse: 'worse than registered', biasFound: 'biased metrics' }),
      QUARTER,
    ),
    graph('Rows in windows', ofWindows({ windowRows: 'rows' }), QUARTER),
  ];
}

const graph = (title: string, left: IMetric[], width: number): GraphWidget =>
  new GraphWidget({
    title,
    left,
    width,
    leftYAxis: { min: 0, showUnits: false },
    legendPosition: LegendPosition.BOTTOM,
  });
