import { SECONDS_PER_DAY, type Seconds, type Transaction } from './simulate.ts';
import { createSlidingWindows, type SlidingWindows } from './sliding-windows.ts';

const WINDOW_DAYS = [1, 7, 30] as const;
const WINDOW_SECONDS = WINDOW_DAYS.map((days) => days * SECONDS_PER_DAY);
const NIGHT_ENDS_AT_HOUR = 6;

/** Names of the features, in the order in which `read` gives them. */
export const FRAUD_FEATURES: readonly string[] = [
  'amount',
  'is_weekend',
  'is_night',
  'seconds_since_customer_last_paid',
  ...WINDOW_DAYS.map((days) => `customer_transactions_${days}d`),
  ...WINDOW_DAYS.map((days) => `customer_mean_amount_${days}d`),
  'amount_over_customer_mean_30d',
  ...WINDOW_DAYS.map((days) => `terminal_transactions_${days}d`),
  ...WINDOW_DAYS.map((days) => `terminal_fraud_share_${days}d`),
];

/** A label as it becomes known: some days after the transaction, when the customer has complained or has not. */
export interface KnownLabel {
  readonly terminal: number;
  readonly knownAt: Seconds;
  readonly isFraud: boolean;
}

/**
 * What is known of customers and terminals at a moment. Training and serving both go through it, each event once and
 * in order of time, so that a feature means the same on both sides.
 */
export interface FraudHistory {
  /**
   * Features of a transaction from what happened before it. Without history a mean or a share is NaN: unknown, not 0.
   * A fraud share counts labels that became known in the window, never one that is still open.
   */
  read(transaction: Transaction): number[];
  /** Takes the transaction into the history. */
  add(transaction: Transaction): void;
  addLabel(label: KnownLabel): void;
}

interface CustomerHistory {
  readonly amounts: SlidingWindows;
  lastAt: Seconds;
}

export function createFraudHistory(): FraudHistory {
  const customers = new Map<number, CustomerHistory>();
  const visits = new Map<number, SlidingWindows>();
  const labels = new Map<number, SlidingWindows>();
  const newCustomer = () => ({ amounts: createSlidingWindows(WINDOW_SECONDS), lastAt: Number.NaN });
  const newWindows = () => createSlidingWindows(WINDOW_SECONDS);
  return {
    read: (transaction) => [
      transaction.amount,
      ...calendarFeatures(transaction.at),
      ...customerFeatures(transaction, getOrMake(customers, transaction.customer, newCustomer)),
      ...getOrMake(visits, transaction.terminal, newWindows)
        .read(transaction.at)
        .map(({ count }) => count),
      ...getOrMake(labels, transaction.terminal, newWindows).read(transaction.at).map(mean),
    ],
    add: ({ at, customer, terminal, amount }) => {
      const known = getOrMake(customers, customer, newCustomer);
      known.amounts.add(at, amount);
      known.lastAt = at;
      getOrMake(visits, terminal, newWindows).add(at, 1);
    },
    addLabel: ({ terminal, knownAt, isFraud }) => getOrMake(labels, terminal, newWindows).add(knownAt, isFraud ? 1 : 0),
  };
}

function getOrMake<V>(map: Map<number, V>, key: number, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

const mean = ({ count, sum }: { count: number; sum: number }): number => (count === 0 ? Number.NaN : sum / count);

/** Day 0 of the simulation is a Monday. */
function calendarFeatures(at: Seconds): [isWeekend: number, isNight: number] {
  const weekday = Math.floor(at / SECONDS_PER_DAY) % 7;
  const hour = (at % SECONDS_PER_DAY) / 3600;
  return [weekday >= 5 ? 1 : 0, hour < NIGHT_ENDS_AT_HOUR ? 1 : 0];
}

function customerFeatures({ at, amount }: Transaction, { amounts, lastAt }: CustomerHistory): number[] {
  const windows = amounts.read(at);
  const means = windows.map(mean);
  return [at - lastAt, ...windows.map(({ count }) => count), ...means, amount / (means.at(-1) as number)];
}
