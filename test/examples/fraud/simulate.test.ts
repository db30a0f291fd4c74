import { describe, expect, it } from 'vitest';
import { SECONDS_PER_DAY, SIMULATION_DEFAULTS, simulateTransactions } from '../../../examples/fraud/simulate.ts';

const options = { ...SIMULATION_DEFAULTS, seed: 1, days: 60, customers: 200, terminals: 200, radius: 15 };
const transactions = simulateTransactions(options);
const of = (scenario: string | null) => transactions.filter((transaction) => transaction.scenario === scenario);

describe('the card transaction simulator', () => {
  it('gives the same transactions for the same seed and other ones for another', () => {
    expect(simulateTransactions(options)).toEqual(transactions);
    expect(simulateTransactions({ ...options, seed: 2 })).not.toEqual(transactions);
  });

  it('gives them in order of time, numbered, within the days asked for', () => {
    expect(transactions.map(({ id }) => id)).toEqual([...transactions.keys()]);
    expect(transactions.every(({ at }, i) => i === 0 || at >= transactions[i - 1]!.at)).toBe(true);
    expect(transactions.at(-1)!.at).toBeLessThan(60 * SECONDS_PER_DAY);
    // 200 customers · 2 a day on average · 60 days, less the 3 % whose time would fall on another day.
    expect(transactions.length / (200 * 2 * 60)).toBeGreaterThan(0.8);
    expect(transactions.length / (200 * 2 * 60)).toBeLessThan(1.15);
  });

  it('makes fraud of every amount over 220 and nothing else by amount', () => {
    expect(of('large-amount').every(({ amount }) => amount > 220)).toBe(true);
    expect(of(null).every(({ amount }) => amount <= 220)).toBe(true);
  });

  it('lets a compromised terminal defraud everybody for 28 days at most per compromise', () => {
    const [first] = of('compromised-terminal');
    const days = (at: number) => Math.floor(at / SECONDS_PER_DAY);
    const next28 = transactions.filter(
      ({ terminal, at }) =>
        terminal === first!.terminal && days(at) >= days(first!.at) && days(at) < days(first!.at) + 14,
    );
    expect(next28.length).toBeGreaterThan(3);
    expect(next28.every(({ scenario }) => scenario !== null)).toBe(true);
  });

  it('takes larger amounts from compromised customers', () => {
    const mean = (values: readonly { amount: number }[]) =>
      values.reduce((sum, { amount }) => sum + amount, 0) / values.length;
    expect(of('compromised-customer').length).toBeGreaterThan(20);
    expect(mean(of('compromised-customer'))).toBeGreaterThan(2.5 * mean(of(null)));
  });

  it('makes little fraud', () => {
    const share = 1 - of(null).length / transactions.length;
    expect(share).toBeGreaterThan(0.005);
    expect(share).toBeLessThan(0.1);
  });
});
