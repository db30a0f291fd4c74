import type { RecentPredictions } from '../ports/label-store.ts';
import { createBreaker } from './breaker.ts';

export interface RecentTellerDependencies {
  readonly service: string;
  readonly recent: RecentPredictions;
  readonly monotonicMs: () => number;
  readonly onFault: (fault: { what: string; error: unknown }) => void;
}

/** A busy process makes some ten deliveries a second, of a few milliseconds each: more than this is a table that does not answer. */
const AT_ONCE = 2;

/**
 * Tells of deliveries beside them: neither a prediction nor a capture waits for it, and what cannot be told is left out. That costs a
 * label of the next minutes the answer that its prediction is unknown; it is kept, and the prediction is known once its capture arrives.
 */
export function createRecentTeller({ service, recent, monotonicMs, onFault }: RecentTellerDependencies) {
  const breaker = createBreaker(monotonicMs);
  let underWay = 0;
  const tell = async (predictions: readonly { id: string; atMs: number }[]): Promise<void> => {
    underWay += 1;
    try {
      await recent.tell(service, predictions);
      breaker.succeeded();
    } catch (error) {
      breaker.failed();
      onFault({ what: 'for a minute or two, labels of new predictions are told to be unknown; they are kept', error });
    } finally {
      underWay -= 1;
    }
  };
  return (offers: readonly { predictionId: string; atMs: number }[]): void => {
    if (underWay >= AT_ONCE || breaker.isOpen()) return;
    void tell(offers.map(({ predictionId, atMs }) => ({ id: predictionId, atMs })));
  };
}
