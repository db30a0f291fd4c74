import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../lambdas/intake/handler.ts';

const anEvent = (key: unknown) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { version: '0', bucket: { name: 'captures' }, object: { key, size: 5 }, reason: 'PutObject' },
});

function open(index: (key: string) => Promise<{ indexed: number; passedOver: number }>) {
  const logged: unknown[] = [];
  return { logged, handler: createHandler({ indexCaptures: index, log: (entry) => void logged.push(entry) }) };
}

describe('taking in a capture object', () => {
  it('indexes the object that S3 tells of, and says how many lines were none of ours', async () => {
    const { handler, logged } = open(async () => ({ indexed: 7, passedOver: 1 }));
    await handler(anEvent('captures/fraud/a b.jsonl'));
    expect(logged).toEqual([
      { message: 'captures were taken in', key: 'captures/fraud/a b.jsonl', indexed: 7, passedOver: 1 },
    ]);
  });

  it('fails where indexing does, so that Lambda asks again', async () => {
    const { handler } = open(() => Promise.reject(new Error('down')));
    await expect(handler(anEvent('captures/fraud/a'))).rejects.toThrow('down');
  });

  it('fails on an event that is none of S3', async () => {
    const { handler } = open(async () => ({ indexed: 0, passedOver: 0 }));
    await expect(handler({ detail: {} })).rejects.toThrow();
    await expect(handler(anEvent(''))).rejects.toThrow();
  });
});
