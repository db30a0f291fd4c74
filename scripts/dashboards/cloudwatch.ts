import { METRIC_NAMESPACE, SERVICE_DIMENSION } from '../../core/contracts/capture-metrics.ts';
import type { ServiceMetricName } from '../../lib/constructs/service-metrics.ts';
import { grafanaDashboard, type Panel } from './grafana.ts';

const of = (metricName: ServiceMetricName, label: string, statistic = 'Maximum') => ({
  queryMode: 'Metrics',
  metricQueryType: 0,
  metricEditorMode: 0,
  region: 'default',
  namespace: METRIC_NAMESPACE,
  metricName,
  dimensions: { [SERVICE_DIMENSION]: '$service' },
  matchExact: true,
  statistic,
  period: '',
  label,
});

const series = (title: string, targets: Panel['targets'], parts: Partial<Panel> = {}): Panel => ({
  title,
  kind: 'timeseries',
  width: 12,
  targets,
  ...parts,
});

/** Dashboard for Grafana's CloudWatch data source, of the metrics that Keelson's functions write. */
export const cloudWatchDashboard = (): object =>
  grafanaDashboard({
    uid: 'keelson-cloudwatch',
    title: 'Keelson (CloudWatch)',
    source: { type: 'cloudwatch', pluginName: 'CloudWatch' },
    serviceQuery: {
      queryType: 'dimensionValues',
      region: 'default',
      namespace: METRIC_NAMESPACE,
      metricName: 'windowRows' satisfies ServiceMetricName,
      dimensionKey: SERVICE_DIMENSION,
      dimensionFilters: {},
      refId: 'services',
    },
    panels: [
      series('Drift', [of('driftBreached', 'window breaches'), of('driftConfirmed', 'confirmed')], { redFrom: 1 }),
      series('Data quality', [of('qualityViolations', 'violated checks')], { redFrom: 1 }),
      series(
        'Performance and bias',
        [of('performanceWorse', 'worse than registered'), of('biasFound', 'biased metrics')],
        {
          redFrom: 1,
        },
      ),
      series('Rows in windows', [of('windowRows', 'rows')]),
      series('Failed predictions and lost captures', [
        of('inferenceFailures', 'failed predictions', 'Sum'),
        of('capturesLost', 'lost captures', 'Sum'),
      ]),
      series('Evaluations that failed', [of('monitorFailures', 'failed')], { redFrom: 1 }),
    ],
  });
