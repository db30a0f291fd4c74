import { createRandom, type Random } from '../../core/domain/training/random.ts';
import { normal, pick, poisson, uniformBetween } from '../shared/distributions.ts';

/** Seconds since the start of the simulation. */
export type Seconds = number;

export interface Transaction {
  readonly id: number;
  readonly at: Seconds;
  readonly customer: number;
  readonly terminal: number;
  /** In the customer's currency, two decimals. */
  readonly amount: number;
}

/** Why a transaction is fraudulent; null for an honest one. */
export type FraudScenario = 'large-amount' | 'compromised-terminal' | 'compromised-customer' | null;

export interface LabelledTransaction extends Transaction {
  readonly scenario: FraudScenario;
}

export interface SimulationOptions {
  readonly seed: number;
  readonly days: number;
  readonly customers: number;
  readonly terminals: number;
  /** How far a customer goes to pay, on a map of 100 × 100. */
  readonly radius: number;
  /** Terminals that fall into the hands of fraudsters each day, on average, for 28 days. */
  readonly compromisedTerminalsPerDay: number;
  /** Customers whose card is copied each day, on average, for 14 days. */
  readonly compromisedCustomersPerDay: number;
}

export const SIMULATION_DEFAULTS: Omit<SimulationOptions, 'seed'> = {
  days: 100,
  customers: 1000,
  terminals: 1000,
  radius: 8,
  compromisedTerminalsPerDay: 0.2,
  compromisedCustomersPerDay: 0.6,
};

export const SECONDS_PER_DAY = 86_400;
const LARGE_AMOUNT = 220;
const TERMINAL_FRAUD_DAYS = 28;
const CUSTOMER_FRAUD_DAYS = 14;
const STOLEN_CARD_SHARE = 1 / 3;
const STOLEN_CARD_FACTOR = 5;

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Customer {
  readonly terminals: readonly number[];
  readonly meanAmount: number;
  readonly transactionsPerDay: number;
}

/**
 * Simulates card transactions, in order of time.
 *
 * Customers and terminals live on a map of 100 × 100. A customer pays at terminals within `radius`, a Poisson number of
 * times a day (means uniform in [0, 4]), around noon (normal, deviation 20,000 s), amounts normal around a personal mean
 * (uniform in [5, 100], deviation half of it). Three scenarios make fraud:
 *
 * 1. `large-amount`: every amount over 220.
 * 2. `compromised-terminal`: everything at a terminal for 28 days from when it is compromised.
 * 3. `compromised-customer`: a third of a customer's transactions for 14 days, with amounts times 5.
 *
 * The same options give the same transactions.
 *
 * Source: Le Borgne, Siblini, Lebichot & Bontempi, Reproducible Machine Learning for Credit Card Fraud Detection,
 * Université Libre de Bruxelles 2022, chapter 3 (the model of its simulator; the code and the numbers of places are ours).
 */
export function simulateTransactions(options: SimulationOptions): LabelledTransaction[] {
  const random = createRandom(options.seed);
  const customers = makeCustomers(random, options);
  const honest = customers.flatMap((customer, index) =>
    transactionsOf(customer, index, { random, days: options.days }),
  );
  honest.sort((a, b) => a.at - b.at || a.customer - b.customer);
  const terminalCompromised = compromises(random, {
    days: options.days,
    perDay: options.compromisedTerminalsPerDay,
    among: options.terminals,
  });
  const customerCompromised = compromises(random, {
    days: options.days,
    perDay: options.compromisedCustomersPerDay,
    among: options.customers,
  });
  return honest.map((transaction, id) =>
    withFraud({ ...transaction, id }, { random, terminalCompromised, customerCompromised }),
  );
}

function makeCustomers(random: Random, { customers, terminals, radius }: SimulationOptions): Customer[] {
  const place = (): Place => ({ x: uniformBetween(random, 0, 100), y: uniformBetween(random, 0, 100) });
  const places = Array.from({ length: terminals }, place);
  return Array.from({ length: customers }, () => ({
    terminals: reachable(place(), places, radius),
    meanAmount: uniformBetween(random, 5, 100),
    transactionsPerDay: uniformBetween(random, 0, 4),
  }));
}

function reachable(home: Place, places: readonly Place[], radius: number): number[] {
  return places.flatMap(({ x, y }, terminal) => (Math.hypot(x - home.x, y - home.y) < radius ? [terminal] : []));
}

type Draft = Omit<Transaction, 'id'>;

function transactionsOf(
  { terminals, meanAmount, transactionsPerDay }: Customer,
  customer: number,
  { random, days }: { random: Random; days: number },
): Draft[] {
  const drafts: Draft[] = [];
  if (terminals.length === 0) return drafts;
  for (let day = 0; day < days; day += 1) {
    for (let left = poisson(random, transactionsPerDay); left > 0; left -= 1) {
      const second = Math.floor(normal(random, SECONDS_PER_DAY / 2, 20_000));
      if (second <= 0 || second >= SECONDS_PER_DAY) continue;
      const amount = amountAround(random, meanAmount);
      drafts.push({ at: day * SECONDS_PER_DAY + second, customer, terminal: pick(random, terminals), amount });
    }
  }
  return drafts;
}

function amountAround(random: Random, mean: number): number {
  const amount = normal(random, mean, mean / 2);
  return toCents(amount > 0 ? amount : uniformBetween(random, 0, 2 * mean));
}

const toCents = (amount: number): number => Math.round(amount * 100) / 100;

/** Days on which each terminal or customer falls into the wrong hands. */
type Compromises = ReadonlyMap<number, readonly number[]>;

function compromises(
  random: Random,
  { days, perDay, among }: { days: number; perDay: number; among: number },
): Compromises {
  const found = new Map<number, number[]>();
  for (let day = 0; day < days; day += 1) {
    for (let left = poisson(random, perDay); left > 0; left -= 1) {
      const chosen = random.below(among);
      found.set(chosen, [...(found.get(chosen) ?? []), day]);
    }
  }
  return found;
}

const isCompromised = (days: readonly number[] | undefined, at: Seconds, lastingDays: number): boolean =>
  days?.some((day) => at >= day * SECONDS_PER_DAY && at < (day + lastingDays) * SECONDS_PER_DAY) ?? false;

function withFraud(
  transaction: Transaction,
  {
    random,
    terminalCompromised,
    customerCompromised,
  }: { random: Random; terminalCompromised: Compromises; customerCompromised: Compromises },
): LabelledTransaction {
  const { at, customer, terminal, amount } = transaction;
  if (
    isCompromised(customerCompromised.get(customer), at, CUSTOMER_FRAUD_DAYS) &&
    random.uniform() < STOLEN_CARD_SHARE
  ) {
    return { ...transaction, amount: toCents(amount * STOLEN_CARD_FACTOR), scenario: 'compromised-customer' };
  }
  if (isCompromised(terminalCompromised.get(terminal), at, TERMINAL_FRAUD_DAYS)) {
    return { ...transaction, scenario: 'compromised-terminal' };
  }
  return { ...transaction, scenario: amount > LARGE_AMOUNT ? 'large-amount' : null };
}
