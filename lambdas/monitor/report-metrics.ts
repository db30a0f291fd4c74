import { METRIC_NAMESPACE, SERVICE_DIMENSION } from '../../core/contracts/capture-metrics.ts';
import { MONITOR_METRICS, type MonitorMetric } from '../../core/contracts/monitor-metrics.ts';

/**
 * What a monitor found as one line of CloudWatch's embedded metric format. `write` must reach the log as it is: `console` would wrap the
 * line into a message where the function logs JSON, and CloudWatch would find no metric in it.
 */
export const reportMetrics =
  (write: (line: string) => void) =>
  (service: string, metrics: Readonly<Partial<Record<MonitorMetric, number>>>, { now }: { now: number }): void => {
    const names = MONITOR_METRICS.filter((name) => metrics[name] !== undefined);
    const _aws = {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[SERVICE_DIMENSION]],
          Metrics: names.map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    };
    write(`${JSON.stringify({ _aws, [SERVICE_DIMENSION]: service, ...metrics })}\n`);
  };
