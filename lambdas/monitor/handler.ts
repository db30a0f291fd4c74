import { type MonitorTick, MonitorTick as Tick } from '../../core/contracts/monitor.ts';
import type { evaluateWindows } from '../../core/usecases/windows/evaluate-windows.ts';

export interface MonitorHandlerDependencies {
  readonly evaluate: ReturnType<typeof evaluateWindows>;
  /** Counts a failure where alarms see it. */
  readonly reportFailure: (service: string, times: { now: number }) => void;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** More than one call does at a time waits for the next. */
const ROUNDS = 4;

/**
 * Evaluates the windows of a service when its schedule says so. Whatever goes wrong is counted and thrown: Scheduler then asks again, and what was done
 * is done once.
 */
export const createHandler =
  ({ evaluate, reportFailure, log }: MonitorHandlerDependencies) =>
  async (event: unknown): Promise<void> => {
    const { monitor, time }: MonitorTick = Tick.parse(event);
    const now = Date.parse(time);
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const evaluation = await evaluate(monitor, { now });
        log({ message: 'windows were evaluated', ...evaluation });
        if (!evaluation.isBehind) return;
      }
    } catch (error) {
      reportFailure(monitor.service, { now });
      throw error;
    }
  };
