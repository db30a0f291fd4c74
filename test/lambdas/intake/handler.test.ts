import { describe, expect, it } from 'vitest';
import type { TakenIn } from '../../../core/usecases/take-in-captures.ts';
import { createHandler, type IntakeHandlerDependencies } from '../../../lambdas/intake/handler.ts';

const TIME = '2026-06-01T12:01:00Z';

const anEvent = (key: unknown) => ({
  source: 'aws.s3',
  time: TIME,
  'detail-type': 'Object Created',
  detail: { version: '0', bucket: { name: 'captures' }, object: { key, size: 5 }, reason: 'PutObject' },
});

const TAKEN: TakenIn = { indexed: 7, passedOver: 1, rows: { 1: 7 }, uncounted: [2], late: 0 };

function open(takeIn: IntakeHandlerDependencies['takeIn']) {
  const logged: unknown[] = [];
  const times = [100, 1_350];
  const monotonicMs = () => times.shift() ?? 0;
  return { logged, handler: createHandler({ takeIn, monotonicMs, log: (entry) => void logged.push(entry) }) };
}

describe('taking in a capture object', () => {
  it('takes in the object that S3 tells of, and says how many lines were none of ours', async () => {
    const { handler, logged } = open(async () => TAKEN);
    await handler(anEvent('captures/fraud/a b.jsonl'));
    expect(logged).toEqual([{ message: 'captures were taken in', key: 'captures/fraud/a b.jsonl', ...TAKEN }]);
  });

  it('takes the time from the event, and adds what has passed since', async () => {
    const { handler, logged } = open(async (_, { now }) => ({ ...TAKEN, late: now() }));
    await handler(anEvent('captures/fraud/a'));
    expect(logged).toEqual([expect.objectContaining({ late: Date.parse(TIME) + 1_250 })]);
  });

  it('fails where indexing does, so that Lambda asks again', async () => {
    const { handler } = open(() => Promise.reject(new Error('down')));
    await expect(handler(anEvent('captures/fraud/a'))).rejects.toThrow('down');
  });

  it('fails on an event that is none of S3', async () => {
    const { handler } = open(async () => TAKEN);
    await expect(handler({ detail: {} })).rejects.toThrow();
    await expect(handler(anEvent(''))).rejects.toThrow();
  });
});
