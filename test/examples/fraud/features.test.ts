import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildFraudRows } from '../../../examples/fraud/feature-rows.ts';
import { createFraudHistory, FRAUD_FEATURES } from '../../../examples/fraud/features.ts';
import { SECONDS_PER_DAY as DAY } from '../../../examples/fraud/simulate.ts';
import { createSlidingWindows } from '../../../examples/fraud/sliding-windows.ts';

const payment = (at: number, amount: number) => ({ id: 0, at, customer: 1, terminal: 2, amount });
const named = (row: ArrayLike<number>) => Object.fromEntries(FRAUD_FEATURES.map((name, i) => [name, row[i]]));

describe('sliding windows', () => {
  it('equal a count over all events, at any time', () => {
    const events = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 30 }), value: fc.integer({ min: 0, max: 9 }) }),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(events, (steps) => {
        const windows = createSlidingWindows([10, 50]);
        const past: { at: number; value: number }[] = [];
        let now = 0;
        for (const { gap, value } of steps) {
          now += gap;
          const expected = [10, 50].map((length) => {
            const inside = past.filter(({ at }) => at > now - length);
            return { count: inside.length, sum: inside.reduce((sum, event) => sum + event.value, 0) };
          });
          expect(windows.read(now)).toEqual(expected);
          windows.add(now, value);
          past.push({ at: now, value });
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('fraud features', () => {
  it('are unknown, not 0, without history', () => {
    expect(named(createFraudHistory().read(payment(DAY, 10)))).toMatchObject({
      amount: 10,
      seconds_since_customer_last_paid: Number.NaN,
      customer_transactions_30d: 0,
      customer_mean_amount_1d: Number.NaN,
      amount_over_customer_mean_30d: Number.NaN,
      terminal_transactions_1d: 0,
      terminal_fraud_share_30d: Number.NaN,
    });
  });

  it('count what was before, by window, without the transaction itself', () => {
    const history = createFraudHistory();
    for (const [day, amount] of [
      [0, 30],
      [8, 20],
      [9.5, 10],
    ] as const)
      history.add(payment(day * DAY, amount));
    expect(named(history.read(payment(10 * DAY, 40)))).toMatchObject({
      seconds_since_customer_last_paid: DAY / 2,
      customer_transactions_1d: 1,
      customer_transactions_7d: 2,
      customer_transactions_30d: 3,
      customer_mean_amount_1d: 10,
      customer_mean_amount_7d: 15,
      customer_mean_amount_30d: 20,
      amount_over_customer_mean_30d: 2,
      terminal_transactions_7d: 2,
    });
  });

  it('know weekends and nights', () => {
    const at = (day: number, hour: number) => named(createFraudHistory().read(payment(day * DAY + hour * 3600, 1)));
    expect([
      at(4, 12)['is_weekend'],
      at(5, 12)['is_weekend'],
      at(6, 12)['is_weekend'],
      at(7, 12)['is_weekend'],
    ]).toEqual([0, 1, 1, 0]);
    expect([at(0, 5.9)['is_night'], at(0, 6)['is_night']]).toEqual([1, 0]);
  });

  it('never use a label before it is known', () => {
    const fraud = { ...payment(0, 1), scenario: 'large-amount' as const };
    const later = (day: number) => ({ ...payment(day * DAY, 1), customer: 9, scenario: null });
    const { values, featureCount } = buildFraudRows([fraud, later(6.9), later(7), later(14)], { labelDelayDays: 7 });
    const row = (i: number) => named(values.subarray(i * featureCount, (i + 1) * featureCount));
    expect(row(1)['terminal_fraud_share_7d']).toBeNaN();
    expect(row(2)).toMatchObject({ terminal_fraud_share_1d: 1, terminal_fraud_share_7d: 1 });
    // Day 14: the first label has left the window of 7 days; those of days 6.9 and 7 are known by now.
    expect(row(3)).toMatchObject({ terminal_fraud_share_7d: 0 });
    expect(row(3)['terminal_fraud_share_30d']).toBeCloseTo(1 / 3, 6);
  });
});
