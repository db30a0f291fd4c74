import { createFraudHistory, FRAUD_FEATURES } from './features.ts';
import { type LabelledTransaction, SECONDS_PER_DAY } from './simulate.ts';

/** Features and labels of transactions, row by row in order of time. */
export interface FraudRows {
  /** Shape `[N, F]`, row after row. */
  readonly values: Float32Array;
  readonly rowCount: number;
  readonly featureCount: number;
  /** 1 for fraud. */
  readonly labels: Uint8Array;
}

/**
 * Plays transactions through the history as they would come, each label `labelDelayDays` after its transaction.
 *
 * @param transactions in order of time
 */
export function buildFraudRows(
  transactions: readonly LabelledTransaction[],
  { labelDelayDays }: { labelDelayDays: number },
): FraudRows {
  const delay = labelDelayDays * SECONDS_PER_DAY;
  const featureCount = FRAUD_FEATURES.length;
  const values = new Float32Array(transactions.length * featureCount);
  const history = createFraudHistory();
  let nextLabel = 0;
  transactions.forEach((transaction, row) => {
    for (
      let open = transactions[nextLabel];
      open && open.at + delay <= transaction.at;
      open = transactions[nextLabel]
    ) {
      history.addLabel({ terminal: open.terminal, knownAt: open.at + delay, isFraud: open.scenario !== null });
      nextLabel += 1;
    }
    values.set(history.read(transaction), row * featureCount);
    history.add(transaction);
  });
  const labels = Uint8Array.from(transactions, ({ scenario }) => (scenario === null ? 0 : 1));
  return { values, rowCount: transactions.length, featureCount, labels };
}
