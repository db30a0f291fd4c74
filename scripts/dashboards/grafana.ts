/** What Grafana's JSON model of a dashboard needs of a panel. Source: grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model. */
export interface Panel {
  readonly title: string;
  readonly description?: string;
  readonly kind: 'stat' | 'timeseries' | 'table';
  readonly width: number;
  readonly height?: number;
  readonly targets: readonly object[];
  readonly unit?: string;
  /** Where the colour changes from green to red. */
  readonly redFrom?: number;
}

export interface DashboardOptions {
  readonly uid: string;
  readonly title: string;
  readonly source: { readonly type: string; readonly pluginName: string };
  /** How the names of services are found. */
  readonly serviceQuery: string | object;
  readonly panels: readonly Panel[];
}

const GRID_WIDTH = 24;
const HEIGHT = 8;
const SOURCE = 'DS_KEELSON';

/** A dashboard to import: Grafana asks for the data source, and offers the services that it finds. */
export function grafanaDashboard({ uid, title, source, serviceQuery, panels }: DashboardOptions): object {
  const datasource = { type: source.type, uid: `\${${SOURCE}}` };
  return {
    __inputs: [
      {
        name: SOURCE,
        label: source.pluginName,
        type: 'datasource',
        pluginId: source.type,
        pluginName: source.pluginName,
      },
    ],
    uid,
    title,
    tags: ['keelson'],
    schemaVersion: 39,
    editable: true,
    refresh: '1m',
    time: { from: 'now-3d', to: 'now' },
    timezone: 'utc',
    templating: {
      list: [
        {
          name: 'service',
          label: 'Service',
          type: 'query',
          datasource,
          query: serviceQuery,
          refresh: 2,
          sort: 1,
          includeAll: false,
          multi: false,
        },
      ],
    },
    panels: laidOut(panels).map(({ panel, x, y }, index) => ({
      id: index + 1,
      title: panel.title,
      ...(panel.description !== undefined && { description: panel.description }),
      type: panel.kind,
      datasource,
      gridPos: { x, y, w: panel.width, h: panel.height ?? HEIGHT },
      targets: panel.targets.map((target, place) => ({
        refId: String.fromCharCode(65 + place),
        datasource,
        ...target,
      })),
      fieldConfig: {
        defaults: {
          unit: panel.unit ?? 'short',
          min: 0,
          ...(panel.redFrom !== undefined && {
            thresholds: {
              mode: 'absolute',
              steps: [
                { color: 'green', value: null },
                { color: 'red', value: panel.redFrom },
              ],
            },
            ...(panel.kind === 'timeseries' && { custom: { thresholdsStyle: { mode: 'line' } } }),
          }),
        },
        overrides: [],
      },
    })),
  };
}

/** From left to right, row by row. */
function laidOut(panels: readonly Panel[]): { panel: Panel; x: number; y: number }[] {
  let [x, y, tallest] = [0, 0, 0];
  return panels.map((panel) => {
    if (x + panel.width > GRID_WIDTH) [x, y, tallest] = [0, y + tallest, 0];
    const placed = { panel, x, y };
    x += panel.width;
    tallest = Math.max(tallest, panel.height ?? HEIGHT);
    return placed;
  });
}
