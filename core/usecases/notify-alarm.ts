import { ALARM_MEANINGS, type AlarmKind, type AlarmStateChange, parseAlarmName } from '../contracts/alarms.ts';
import { composeNotice } from '../domain/alarms/notice.ts';
import type { NoticeLog, NotificationChannel } from '../ports/notices.ts';
import type { WindowStore } from '../ports/window-store.ts';

export interface NotifyAlarmDependencies {
  readonly notices: NoticeLog;
  readonly channels: readonly NotificationChannel[];
  readonly windows: Pick<WindowStore, 'list'>;
  /** What the platform's alarms are called by. */
  readonly prefix: string;
  readonly apiUrl: string;
  readonly runbooks: string;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
  readonly onFault: (fault: { readonly what: string; readonly service: string; readonly error: unknown }) => void;
}

/** As long as one channel may take, with what comes before and after. */
const LEASE_MS = 60_000;

/** Alarms that are about windows: what moved stands there. */
const OF_WINDOWS: ReadonlySet<AlarmKind> = new Set(['drift', 'drift-confirmed', 'data-quality', 'performance', 'bias']);

/**
 * Tells of one transition of an alarm, by every channel: that it goes off, and that it is over. Each transition is told once by each channel, however often
 * and in whatever order its event comes; only a function that dies between telling and writing so down tells it again.
 *
 * @param times.now in ms
 * @throws once all channels were tried, where one failed or somebody else is at it: whoever asked asks again, and what was told is not repeated
 */
export const notifyAlarm =
  (dependencies: NotifyAlarmDependencies) =>
  async ({ detail }: AlarmStateChange, { now }: { readonly now: number }): Promise<void> => {
    const { notices, channels, prefix, log, onFault } = dependencies;
    const { alarmName, state, previousState } = detail;
    const named = parseAlarmName(prefix, alarmName);
    const isTold = state.value === 'ALARM' || (state.value === 'OK' && previousState?.value === 'ALARM');
    if (named === undefined || !isTold) return;
    const { service, kind } = named;
    const atMs = Date.parse(state.timestamp);
    const notice = composeNotice({
      service,
      kind,
      ...ALARM_MEANINGS[kind],
      state: state.value as 'ALARM' | 'OK',
      atMs,
      ...(previousState?.timestamp !== undefined && { beforeMs: Date.parse(previousState.timestamp) }),
      reason: state.reason,
      runbook: `${dependencies.runbooks}/${kind}.md`,
      apiUrl: dependencies.apiUrl,
      window: await windowOf(dependencies, service, kind),
    });
    const transition = { service, kind, state: state.value, atMs };
    const left: string[] = [];
    for (const channel of channels) {
      try {
        const turn = await notices.claim(transition, channel.name, { now, leaseMs: LEASE_MS });
        if (turn === 'taken') left.push(`${channel.name} is being told by another call`);
        if (turn !== 'mine') continue;
        await channel.send(notice).catch(async (error: unknown) => {
          await notices.release(transition, channel.name);
          throw error;
        });
        await notices.done(transition, channel.name, { now });
        log({ message: 'told of an alarm', channel: channel.name, ...transition });
      } catch (error) {
        onFault({ what: `telling ${channel.name} of an alarm`, service, error });
        left.push(`${channel.name} was not told`);
      }
    }
    if (left.length > 0) throw new Error(`${alarmName}: ${left.join('; ')}`);
  };

/** Without it the message still says what CloudWatch says. */
async function windowOf({ windows, onFault }: NotifyAlarmDependencies, service: string, kind: AlarmKind) {
  if (!OF_WINDOWS.has(kind)) return undefined;
  try {
    const { windows: found } = await windows.list(service, { limit: 1, ...(kind === 'drift' && { series: 'window' }) });
    return found[0];
  } catch (error) {
    onFault({ what: 'reading the window of an alarm', service, error });
    return undefined;
  }
}
