import type { AlarmList, AlarmReport } from '../../../core/contracts/alarms.ts';
import type { WindowList, WindowSummary } from '../../../core/contracts/windows.ts';
import { formatInstant, NONE } from './format.ts';
import { printable, renderTable } from './table.ts';

const WINDOW_COLUMNS = [
  { title: 'WINDOW' },
  { title: 'FROM' },
  { title: 'ROWS', align: 'right' },
  { title: 'STATE' },
  { title: 'QUALITY' },
  { title: 'PERFORMANCE' },
  { title: 'BIAS' },
  { title: 'MOVED' },
] as const;

/** Columns that a line names. */
const NAMED = 3;

const ALARM_COLUMNS = [
  { title: 'ALARM' },
  { title: 'STATE' },
  { title: 'SINCE' },
  { title: 'FALSE ALARMS' },
  { title: 'RUNBOOK' },
] as const;

/** The state of a service's monitor for a person: the newest verdict in words, its windows, its alarms, what is missing. */
export function describeMonitor({ service, windows, notes }: WindowList, { alarms, notes: more }: AlarmList): string {
  const [newest] = windows;
  return [
    newest ? printable(newest.sentence) : `No window of ${service} has been evaluated.`,
    ...(newest ? [renderTable(WINDOW_COLUMNS, windows.map(windowRow))] : []),
    ...(alarms.length > 0 ? [renderTable(ALARM_COLUMNS, alarms.toSorted(worstFirst).map(alarmRow))] : []),
    ...[...new Set([...notes, ...more])].map((note) => `Note: ${note}`),
  ].join('\n\n');
}

const windowRow = (window: WindowSummary): string[] => [
  window.id,
  formatInstant(window.from),
  String(window.rows),
  `${window.state}${window.revision > 1 ? ` (revision ${window.revision})` : ''}`,
  window.violations === 0 ? NONE : `${window.violations} violation${window.violations === 1 ? '' : 's'}`,
  window.performance ?? NONE,
  window.bias ?? NONE,
  movedIn(window),
];

function movedIn({ moved }: WindowSummary): string {
  const names = moved.slice(0, NAMED).map(({ column }) => column ?? 'rank correlations');
  if (names.length === 0) return NONE;
  return `${names.join(', ')}${moved.length > NAMED ? ` and ${moved.length - NAMED} more` : ''}`;
}

const SEVERITY: Readonly<Record<AlarmReport['state'], number>> = { ALARM: 0, INSUFFICIENT_DATA: 1, OK: 2 };
const worstFirst = (a: AlarmReport, b: AlarmReport): number => SEVERITY[a.state] - SEVERITY[b.state];

const alarmRow = ({ kind, state, since, falseAlarms, runbook }: AlarmReport): string[] => [
  kind,
  state,
  formatInstant(since),
  falseAlarms.perMonth === undefined ? NONE : `${Number(falseAlarms.perMonth.toPrecision(2))} a month`,
  runbook,
];
