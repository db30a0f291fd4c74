import { ObjectCreated } from '../../core/contracts/object-created.ts';
import type { indexCaptures } from '../../core/usecases/index-captures.ts';

export interface IntakeHandlerDependencies {
  readonly indexCaptures: ReturnType<typeof indexCaptures>;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** Takes in a capture object that was delivered. Whatever goes wrong is thrown: Lambda then asks again, which changes nothing twice. */
export const createHandler =
  ({ indexCaptures: indexObject, log }: IntakeHandlerDependencies) =>
  async (event: unknown): Promise<void> => {
    const { key } = ObjectCreated.parse(event).detail.object;
    const { indexed, passedOver } = await indexObject(key);
    log({ message: 'captures were taken in', key, indexed, passedOver });
  };
