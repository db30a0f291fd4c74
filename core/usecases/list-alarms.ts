import {
  ALARM_MEANINGS,
  type AlarmKind,
  type AlarmList,
  type AlarmReport,
  parseAlarmName,
} from '../contracts/alarms.ts';
import type { WindowReport } from '../contracts/windows.ts';
import type { ModelRegistry } from '../ports/model-registry.ts';
import type { AlarmStates } from '../ports/notices.ts';
import type { ReportStore, WindowStore } from '../ports/window-store.ts';
import { requireService } from './find-service.ts';

export interface ListAlarmsDependencies {
  readonly registry: Pick<ModelRegistry, 'findService' | 'findVersion' | 'listVersions'>;
  readonly alarms: AlarmStates;
  readonly windows: Pick<WindowStore, 'list'>;
  readonly reports: Pick<ReportStore, 'readReport'>;
  readonly monitored: readonly string[];
  readonly prefix: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * The alarms of a service, with how often each goes off though nothing is wrong.
 *
 * @throws `registry.service_not_found`, `alarms.unavailable`
 */
export const listAlarms =
  ({ registry, alarms, windows, reports, monitored, prefix }: ListAlarmsDependencies) =>
  async (service: string): Promise<AlarmList> => {
    await requireService(registry, service);
    if (!monitored.includes(service)) {
      const note = `${service} is not monitored, so it has no alarms: declare it with "capture" and "monitor" in keelson.config.ts and deploy`;
      return { service, alarms: [], notes: [note] };
    }
    const [states, { windows: newest }] = await Promise.all([
      alarms.list(`${prefix}${service}.`),
      windows.list(service, { limit: 1, series: 'window' }),
    ]);
    const report = newest[0] && (await reports.readReport(service, newest[0]));
    const found = states.flatMap(({ name, state, sinceMs, reason, threshold, runbook }): AlarmReport[] => {
      const named = parseAlarmName(prefix, name);
      if (named === undefined) return [];
      const { kind } = named;
      const { means } = ALARM_MEANINGS[kind];
      const said = kind === 'drift' && state === 'ALARM' && report ? report.sentence : reason;
      return [
        {
          kind,
          name,
          state,
          since: iso(sinceMs),
          means,
          reason: said,
          threshold,
          falseAlarms: falseAlarmsOf(kind, report),
          runbook,
        },
      ];
    });
    return { service, alarms: found, notes: [] };
  };

/** Of drift as many as the newest window's history allows; of the others what can be said. */
function falseAlarmsOf(kind: AlarmKind, report: WindowReport | undefined): AlarmReport['falseAlarms'] {
  const { falseAlarms: says } = ALARM_MEANINGS[kind];
  if (kind !== 'drift' || report === undefined) return { says };
  if (report.calibration === 'UNCALIBRATED') return { says: 'UNCALIBRATED: there is no history to tell it by' };
  const { pagesPerMonth, perWindow } = report.expectedFalseAlarms;
  if (perWindow === 0) return { perMonth: 0, says: 'none yet: there is too little history to say anything by' };
  const perMonth = Number(pagesPerMonth.toPrecision(2));
  return {
    perMonth,
    says: `at most ${perMonth} a month where traffic does not change, by ${report.historyWindows} windows of history`,
  };
}
