import { cloudWatchDashboard } from './cloudwatch.ts';
import { prometheusDashboard } from './prometheus.ts';

const text = (dashboard: object): string => `${JSON.stringify(dashboard, null, 2)}\n`;

/** Text of each file in `dashboards`. */
export const dashboardFiles = (): Readonly<Record<string, string>> => ({
  'grafana-cloudwatch.json': text(cloudWatchDashboard()),
  'grafana-prometheus.json': text(prometheusDashboard()),
});
