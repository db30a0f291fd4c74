import { EXPOSED, type ExposedName } from '../../core/usecases/expose-metrics.ts';
import { grafanaDashboard, type Panel } from './grafana.ts';

/** A query of what `GET /metrics` exposes, of the service that is chosen. */
const of = (
  name: ExposedName,
  { by = '', wrap = (query: string) => query }: { by?: string; wrap?: (query: string) => string } = {},
) => ({
  expr: wrap(`${name}{service="$service"}`),
  legendFormat: by === '' ? '__auto' : by,
});

const panel = (
  name: ExposedName,
  title: string,
  parts: Omit<Panel, 'title' | 'description' | 'targets'>,
  query = of(name),
): Panel => ({
  title,
  description: `${EXPOSED[name]}.`,
  ...parts,
  targets: [query],
});

const small = { kind: 'stat', width: 4, height: 4 } as const;

/** Dashboard for a Prometheus that scrapes `GET /metrics`. */
export const prometheusDashboard = (): object =>
  grafanaDashboard({
    uid: 'keelson-prometheus',
    title: 'Keelson (Prometheus)',
    source: { type: 'prometheus', pluginName: 'Prometheus' },
    serviceQuery: { query: 'label_values(keelson_champion_version, service)', refId: 'services' },
    panels: [
      panel('keelson_champion_version', 'Version that serves', small),
      panel('keelson_window_breached', 'Newest window breaches', { ...small, redFrom: 1 }),
      panel('keelson_quality_violations', 'Violated checks', { ...small, redFrom: 1 }),
      panel('keelson_window_rows', 'Rows of the newest window', small),
      panel('keelson_label_coverage_ratio', 'Predictions with labels', { ...small, unit: 'percentunit' }),
      panel('keelson_expected_pages_per_month', 'False pages expected a month', small),
      panel(
        'keelson_alarm',
        'Alarms',
        { kind: 'timeseries', width: 12, redFrom: 1 },
        of('keelson_alarm', { by: '{{kind}}' }),
      ),
      panel(
        'keelson_window_state',
        'State of the newest window',
        { kind: 'timeseries', width: 12 },
        of('keelson_window_state', { by: '{{state}}' }),
      ),
      panel(
        'keelson_column_effect_ratio',
        'Largest changes against their gates',
        { kind: 'timeseries', width: 24, redFrom: 1 },
        of('keelson_column_effect_ratio', { by: '{{column}}', wrap: (query) => `topk(10, ${query})` }),
      ),
      panel(
        'keelson_performance',
        'Performance',
        { kind: 'timeseries', width: 12 },
        of('keelson_performance', { by: '{{metric}}' }),
      ),
      panel(
        'keelson_bias',
        'Bias',
        { kind: 'timeseries', width: 12 },
        of('keelson_bias', { by: '{{field}}: {{metric}}' }),
      ),
      panel(
        'keelson_window_end_timestamp_seconds',
        'Age of the newest window',
        { kind: 'timeseries', width: 12, unit: 's' },
        of('keelson_window_end_timestamp_seconds', { wrap: (query) => `time() - ${query}` }),
      ),
      {
        title: 'Parts of a scrape that could not be read',
        description: `${EXPOSED.keelson_scrape_errors}.`,
        kind: 'timeseries',
        width: 12,
        redFrom: 1,
        targets: [{ expr: 'keelson_scrape_errors', legendFormat: '__auto' }],
      },
    ],
  });
