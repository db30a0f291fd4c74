import { BaselineTask } from '../../core/contracts/baselines.ts';
import { ObjectCreated } from '../../core/contracts/object-created.ts';
import type { runBaseline } from '../../core/usecases/baselines/run-baseline.ts';
import type { takeInCaptures } from '../../core/usecases/take-in-captures.ts';

export interface IntakeHandlerDependencies {
  readonly takeIn: ReturnType<typeof takeInCaptures>;
  readonly makeBaseline: ReturnType<typeof runBaseline>;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/**
 * Takes in a capture object that was delivered, or makes a baseline of what was captured. Whatever goes wrong is thrown: Lambda then asks again, which
 * changes nothing twice.
 */
export const createHandler =
  ({ takeIn, makeBaseline, log }: IntakeHandlerDependencies) =>
  async (event: unknown): Promise<void> => {
    const task = BaselineTask.safeParse(event);
    if (task.success) {
      log({ message: 'a baseline was made of captures', ...(await makeBaseline(task.data)) });
      return;
    }
    const { key } = ObjectCreated.parse(event).detail.object;
    log({ message: 'captures were taken in', key, ...(await takeIn(key)) });
  };
