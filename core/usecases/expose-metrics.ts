import { parseAlarmName } from '../contracts/alarms.ts';
import { VERDICT_STATES, type WindowReport } from '../contracts/windows.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import type { AlarmStates } from '../ports/notices.ts';
import type { ReportStore, WindowStore } from '../ports/window-store.ts';

export interface ExposeMetricsDependencies {
  readonly registry: Pick<ModelRegistry, 'listServices'>;
  readonly windows: Pick<WindowStore, 'list'>;
  readonly reports: Pick<ReportStore, 'readReport'>;
  readonly alarms: AlarmStates;
  readonly monitored: readonly string[];
  readonly prefix: string;
  readonly onFault: (fault: { readonly what: string; readonly service: string; readonly error: unknown }) => void;
}

/** Columns that are told of each service: the most unusual. */
const COLUMNS = 50;
/** A scrape every 15 seconds must not read the table each time. */
const CACHED_MS = 30_000;

/** What is exposed, by name; `lib` and dashboards know them by these. */
export const EXPOSED = {
  keelson_champion_version: 'Version that serves; 0 where none does',
  keelson_window_rows: 'Rows of the newest evaluated window',
  keelson_window_end_timestamp_seconds: 'End of the newest evaluated window',
  keelson_window_state: '1 for the state that the newest window has, 0 for the others',
  keelson_window_breached: 'Whether the newest window is unusual and the change is large',
  keelson_column_effect_ratio: 'Largest effect of a column against its gate; 1 is the gate',
  keelson_quality_violations: 'Checks that the newest window violates',
  keelson_label_coverage_ratio: 'Share of the predictions of the newest window that have labels',
  keelson_performance: 'Metric of the newest window that has labels',
  keelson_bias: 'Bias metric of the newest window, by sensitive field',
  keelson_expected_pages_per_month: 'False pages a month that are expected of unchanged traffic, at most',
  keelson_alarm: '1 where the alarm is in ALARM',
  keelson_scrape_errors: 'Parts of this answer that could not be read',
} as const;
export type ExposedName = keyof typeof EXPOSED;

type Labels = Readonly<Record<string, string | number>>;
interface Sample {
  readonly name: ExposedName;
  readonly labels: Labels;
  readonly value: number;
}

/** Metrics in Prometheus's text format, kept for half a minute. */
export function exposeMetrics(dependencies: ExposeMetricsDependencies): (times: { now: number }) => Promise<string> {
  let kept: { readonly atMs: number; readonly text: string } | undefined;
  return async ({ now }) => {
    if (kept && now >= kept.atMs && now - kept.atMs < CACHED_MS) return kept.text;
    const text = format(await collect(dependencies));
    kept = { atMs: now, text };
    return text;
  };
}

/** What cannot be read is counted, and the rest is told all the same. */
async function collect(dependencies: ExposeMetricsDependencies): Promise<Sample[]> {
  const { registry, alarms, monitored, prefix, onFault } = dependencies;
  let errors = 0;
  const attempt = async (what: string, service: string, read: () => Promise<Sample[]>): Promise<Sample[]> => {
    try {
      return await read();
    } catch (error) {
      errors += 1;
      onFault({ what, service, error });
      return [];
    }
  };
  const parts = await Promise.all([
    attempt('services for metrics', '', async () =>
      (await registry.listServices()).map(({ service, champion }) => ({
        name: 'keelson_champion_version' as const,
        labels: { service },
        value: champion ?? 0,
      })),
    ),
    ...monitored.map((service) => attempt('a window for metrics', service, () => samplesOf(dependencies, service))),
    attempt('alarms for metrics', '', async () =>
      (monitored.length === 0 ? [] : await alarms.list(prefix)).flatMap(({ name, state }) => {
        const named = parseAlarmName(prefix, name);
        return named
          ? [{ name: 'keelson_alarm' as const, labels: { ...named }, value: state === 'ALARM' ? 1 : 0 }]
          : [];
      }),
    ),
  ]);
  return [...parts.flat(), { name: 'keelson_scrape_errors', labels: {}, value: errors }];
}

async function samplesOf({ windows, reports }: ExposeMetricsDependencies, service: string): Promise<Sample[]> {
  const { windows: newest } = await windows.list(service, { limit: 1, series: 'window' });
  const report = newest[0] && (await reports.readReport(service, newest[0]));
  if (report === undefined) return [];
  const labels = { service, version: report.version };
  const one = (name: ExposedName, value: number, more: Labels = {}): Sample => ({
    name,
    labels: { ...labels, ...more },
    value,
  });
  return [
    one('keelson_window_rows', report.rows),
    one('keelson_window_end_timestamp_seconds', Date.parse(report.to) / 1_000),
    ...VERDICT_STATES.map((state) => one('keelson_window_state', state === report.state ? 1 : 0, { state })),
    one('keelson_window_breached', report.breached ? 1 : 0),
    ...report.columns.slice(0, COLUMNS).map(({ column, effect }) =>
      one('keelson_column_effect_ratio', Math.abs(Number(effect.size)) / effect.gate, {
        column: column ?? 'rank correlations',
      }),
    ),
    one('keelson_quality_violations', report.violations),
    // Without a history nobody knows.
    ...(report.calibration === 'UNCALIBRATED'
      ? []
      : [one('keelson_expected_pages_per_month', report.expectedFalseAlarms.pagesPerMonth)]),
    ...ofLabels(report, one),
  ];
}

function ofLabels(
  { performanceReport, labelCoverage, biasReport = [] }: WindowReport,
  one: (name: ExposedName, value: number, more?: Labels) => Sample,
): Sample[] {
  return [
    ...(labelCoverage === undefined ? [] : [one('keelson_label_coverage_ratio', labelCoverage)]),
    ...Object.entries(performanceReport?.measured ?? {}).map(([metric, { value }]) =>
      one('keelson_performance', Number(value), { metric }),
    ),
    ...biasReport.flatMap(({ field, metrics }) =>
      metrics.map(({ metric, estimate }) => one('keelson_bias', Number(estimate.value), { field, metric })),
    ),
  ];
}

/**
 * The text format, version 0.0.4: samples of a metric together, below what it is.
 *
 * Source: prometheus.io/docs/instrumenting/exposition_formats.
 */
function format(samples: readonly Sample[]): string {
  const byName = Map.groupBy(samples, ({ name }) => name);
  return (Object.keys(EXPOSED) as ExposedName[])
    .flatMap((name) => {
      const own = byName.get(name) ?? [];
      if (own.length === 0) return [];
      return [`# HELP ${name} ${EXPOSED[name]}.`, `# TYPE ${name} gauge`, ...own.map(line)];
    })
    .concat('')
    .join('\n');
}

function line({ name, labels, value }: Sample): string {
  const written = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(String(text))}"`);
  const set = written.length === 0 ? '' : `{${written.join(',')}}`;
  return `${name}${set} ${numberText(value)}`;
}

const escapeLabel = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const numberText = (value: number): string =>
  Number.isNaN(value)
    ? 'NaN'
    : value === Number.POSITIVE_INFINITY
      ? '+Inf'
      : value === Number.NEGATIVE_INFINITY
        ? '-Inf'
        : String(value);
