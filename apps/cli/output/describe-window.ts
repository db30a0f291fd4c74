import type * as z from 'zod';
import type { ColumnReport, EstimateOf, Measure, WindowReport } from '../../../core/contracts/windows.ts';
import { formatInstant, formatMetric, NONE } from './format.ts';
import { sparkline } from './sparkline.ts';
import { printable, renderTable } from './table.ts';

/** Columns that are shown, the most unusual first; the JSON and the page have all. */
const SHOWN = 20;
/** Bins that fit into a line. */
const BINS = 16;
/** Effects against their gates beyond this are drawn at the top. */
const TREND_TOP = 3;

const DRIFT_COLUMNS = [
  { title: 'COLUMN' },
  { title: 'STATE' },
  { title: 'P', align: 'right' },
  { title: 'TRAINING' },
  { title: 'WINDOW' },
  { title: 'TREND' },
  { title: 'LARGEST CHANGE' },
] as const;

/** What was found in a window, for a person: the verdict in words, then what it rests on. */
export function describeWindow(report: WindowReport): string {
  const { service, version, series, from, to, rows, id, revision, columns } = report;
  const more = columns.length - SHOWN;
  return [
    printable(report.sentence),
    `${service}, version ${version}: ${series} from ${formatInstant(from)} to ${formatInstant(to)}, ${rows} rows (${id}, revision ${revision})`,
    expectation(report),
    ...(columns.length === 0
      ? []
      : [
          renderTable(
            DRIFT_COLUMNS,
            columns.slice(0, SHOWN).map((column, place) => driftRow(report, column, place)),
          ),
        ]),
    ...(more > 0 ? [`and ${more} less unusual ones`] : []),
    ...quality(report),
    ...performance(report),
    ...bias(report),
    ...(report.labelsProblem === undefined ? [] : [`Labels: ${printable(report.labelsProblem)}`]),
  ].join('\n\n');
}

function expectation({ calibration, expectedFalseAlarms: expected, historyWindows, p, alpha }: WindowReport): string {
  if (calibration === 'UNCALIBRATED')
    return 'Uncalibrated: there is no history that tells how often this monitor is wrong.';
  if (expected.perWindow === 0) return 'There is too little history yet to say anything by.';
  const against = p === undefined ? '' : `p ${measure(p)} against ${alpha}, from ${historyWindows} windows. `;
  return `${against}Of unchanged traffic it suspects ${formatMetric(expected.suspectsPerMonth)} windows a month at most, and pages ${formatMetric(expected.pagesPerMonth)} times.`;
}

const driftRow = ({ trend }: WindowReport, column: ColumnReport, place: number): string[] => [
  `${column.column ?? 'rank correlations'}${column.role === 'prediction' ? ' (prediction)' : ''}`,
  column.state,
  measure(column.p),
  ...histogramOf(column),
  sparkline(
    trend.slice(-BINS).map(({ effects }) => effects?.[place]),
    TREND_TOP,
  ),
  column.effect.says,
];

function histogramOf({ histogram }: ColumnReport): [string, string] {
  if (histogram === undefined) return [NONE, NONE];
  const reference = histogram.reference.slice(0, BINS);
  const current = histogram.current.slice(0, BINS);
  const most = Math.max(...reference, ...current);
  return [sparkline(reference, most), sparkline(current, most)];
}

function quality({ quality: { violations } }: WindowReport): string[] {
  if (violations.length === 0) return [];
  const columns = [{ title: 'DATA QUALITY' }, { title: 'CHECK' }, { title: 'FOUND' }];
  return [
    renderTable(
      columns,
      violations.map(({ feature, check, description }) => [feature, check, description]),
    ),
  ];
}

const METRIC_COLUMNS = [
  { title: 'VALUE', align: 'right' },
  { title: '95 % INTERVAL', align: 'right' },
  { title: 'WHEN REGISTERED', align: 'right' },
] as const;

function performance({ performanceReport: report }: WindowReport): string[] {
  if (report === undefined) return [];
  const { measured, estimated, expected, state, says } = report;
  const early = estimated?.kind === 'estimated' ? Object.entries(estimated.metrics) : [];
  const rows = [
    ...Object.entries(measured).map(([name, estimate]) => [
      name,
      ...estimateCells(estimate),
      registered(expected[name]),
    ]),
    ...early.map(([name, estimate]) => [`${name} (estimated)`, ...estimateCells(estimate), registered(expected[name])]),
  ];
  return [
    `Performance ${state}: ${printable(says.join('; '))}`,
    ...(rows.length > 0 ? [renderTable([{ title: 'METRIC' }, ...METRIC_COLUMNS], rows)] : []),
  ];
}

const registered = (value: number | undefined): string => (value === undefined ? NONE : formatMetric(value));

function bias({ biasReport = [] }: WindowReport): string[] {
  const rows = biasReport.flatMap(({ field, metrics }) =>
    metrics.map(({ metric, state, estimate, says }) => [
      field,
      metric,
      state ?? NONE,
      ...estimateCells(estimate),
      says,
    ]),
  );
  if (rows.length === 0) return [];
  const [value, interval] = METRIC_COLUMNS;
  return [
    renderTable(
      [{ title: 'BIAS' }, { title: 'METRIC' }, { title: 'STATE' }, value, interval, { title: 'IN WORDS' }],
      rows,
    ),
  ];
}

const measure = (value: Measure): string => (typeof value === 'number' ? formatMetric(value) : value);
const estimateCells = ({ value, lower, upper }: z.infer<typeof EstimateOf>): [string, string] => [
  measure(value),
  `${measure(lower)} to ${measure(upper)}`,
];
