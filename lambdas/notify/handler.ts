import { AlarmStateChange } from '../../core/contracts/alarms.ts';
import type { notifyAlarm } from '../../core/usecases/notify-alarm.ts';

export interface NotifyHandlerDependencies {
  readonly notify: ReturnType<typeof notifyAlarm>;
  readonly now: () => number;
}

/** Tells people of an alarm's transition. Whatever goes wrong is thrown: Lambda then asks again, and nobody is told twice. */
export const createHandler =
  ({ notify, now }: NotifyHandlerDependencies) =>
  (event: unknown): Promise<void> =>
    notify(AlarmStateChange.parse(event), { now: now() });
