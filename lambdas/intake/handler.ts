import { ObjectCreated } from '../../core/contracts/object-created.ts';
import type { takeInCaptures } from '../../core/usecases/take-in-captures.ts';

export interface IntakeHandlerDependencies {
  readonly takeIn: ReturnType<typeof takeInCaptures>;
  readonly monotonicMs: () => number;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** Takes in a capture object that was delivered. Whatever goes wrong is thrown: Lambda then asks again, which changes nothing twice. */
export const createHandler =
  ({ takeIn, monotonicMs, log }: IntakeHandlerDependencies) =>
  async (event: unknown): Promise<void> => {
    const startedMs = monotonicMs();
    const { time, detail } = ObjectCreated.parse(event);
    const { key } = detail.object;
    const taken = await takeIn(key, { now: () => Date.parse(time) + monotonicMs() - startedMs });
    log({ message: 'captures were taken in', key, ...taken });
  };
