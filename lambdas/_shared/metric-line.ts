import { METRIC_NAMESPACE, SERVICE_DIMENSION } from '../../core/contracts/capture-metrics.ts';

/**
 * Counts of a service as one line of CloudWatch's embedded metric format. It must reach the log as it is: `console` would wrap the line into a message
 * where the function logs JSON, and CloudWatch would find no metric in it.
 *
 * @param fields of the same line that are no metrics, and so cost nothing
 */
export function metricLine(
  service: string,
  metrics: Readonly<Record<string, number>>,
  { now, fields = {} }: { readonly now: number; readonly fields?: Readonly<Record<string, unknown>> },
): string {
  const Metrics = Object.keys(metrics).map((Name) => ({ Name, Unit: 'Count' }));
  const _aws = {
    Timestamp: now,
    CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [[SERVICE_DIMENSION]], Metrics }],
  };
  return `${JSON.stringify({ _aws, [SERVICE_DIMENSION]: service, ...metrics, ...fields })}\n`;
}
