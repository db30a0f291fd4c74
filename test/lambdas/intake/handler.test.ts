import { describe, expect, it } from 'vitest';
import type { BaselineJob } from '../../../core/contracts/baselines.ts';
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

const JOB: BaselineJob = {
  service: 'fraud',
  version: 3,
  id: 'b1',
  from: '2026-05-01T00:00:00Z',
  to: '2026-06-01T00:00:00Z',
  state: 'READY',
  requestedAt: TIME,
  rows: 9_000,
};

function open(takeIn: IntakeHandlerDependencies['takeIn']) {
  const logged: unknown[] = [];
  const asked: unknown[] = [];
  const makeBaseline: IntakeHandlerDependencies['makeBaseline'] = async (task) => {
    asked.push(task);
    return JOB;
  };
  return { logged, asked, handler: createHandler({ takeIn, makeBaseline, log: (entry) => void logged.push(entry) }) };
}

describe('taking in a capture object', () => {
  it('takes in the object that S3 tells of, and says how many lines were none of ours', async () => {
    const { handler, logged } = open(async () => TAKEN);
    await handler(anEvent('captures/fraud/a b.jsonl'));
    expect(logged).toEqual([{ message: 'captures were taken in', key: 'captures/fraud/a b.jsonl', ...TAKEN }]);
  });

  it('makes the baseline that it is asked for, and says of what', async () => {
    const { handler, asked, logged } = open(async () => TAKEN);
    const task = { baseline: { service: 'fraud', version: 3, id: 'b1' }, time: TIME };
    await handler(task);
    expect(asked).toEqual([task]);
    expect(logged).toEqual([{ message: 'a baseline was made of captures', ...JOB }]);
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
