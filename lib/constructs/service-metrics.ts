import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, SERVICE_DIMENSION } from '../../core/contracts/capture-metrics.ts';
import type { MonitorMetric } from '../../core/contracts/monitor-metrics.ts';

export type ServiceMetricName = MonitorMetric | 'capturesLost' | 'inferenceFailures';

/** A metric that Keelson's functions write of a service. */
export const serviceMetric = (
  serviceName: string,
  metricName: ServiceMetricName,
  { period, statistic = 'Maximum', label }: { period: Duration; statistic?: string; label?: string },
): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [SERVICE_DIMENSION]: serviceName },
    period,
    statistic,
    ...(label !== undefined && { label }),
  });
