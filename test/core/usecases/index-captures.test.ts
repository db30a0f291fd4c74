import { describe, expect, it } from 'vitest';
import type { KnownPrediction } from '../../../core/ports/label-store.ts';
import { indexCaptures } from '../../../core/usecases/index-captures.ts';

const KEY = 'captures/fraud/2026/06/01/12/part.jsonl';
const AT = '2026-06-01T12:00:00.000Z';

const payload = { observedContentType: 'text/csv', mode: 'INPUT', data: '1\n', encoding: 'CSV' };
const aLine = (inferenceId: unknown, service = 'fraud') =>
  JSON.stringify({
    captureData: { endpointInput: payload, endpointOutput: payload },
    eventMetadata: { eventId: `event of ${inferenceId}`, inferenceId, inferenceTime: AT },
    eventVersion: '0',
    keelson: { service, version: 1, variant: 'champion', route: 'POST /endpoints/fraud/invocations' },
  });

function open(lines: readonly string[], add?: (predictions: readonly KnownPrediction[]) => void) {
  const added: (readonly KnownPrediction[])[] = [];
  const read: string[] = [];
  const index = indexCaptures({
    objects: {
      async *lines(key) {
        read.push(key);
        yield* lines;
      },
    },
    index: {
      async add(service, predictions) {
        expect(service).toBe('fraud');
        add?.(predictions);
        added.push(predictions);
      },
    },
  });
  return { index, added, read };
}

describe('indexing a capture object', () => {
  it('remembers each prediction with its time', async () => {
    const { index, added, read } = open([aLine('order-1'), aLine('order-2')]);
    expect(await index(KEY)).toEqual({ indexed: 2, passedOver: 0 });
    expect(read).toEqual([KEY]);
    const atMs = Date.parse(AT);
    expect(added.flat()).toEqual([
      { id: 'order-1', atMs },
      { id: 'order-2', atMs },
    ]);
  });

  it('holds a part of a large object at a time', async () => {
    const { index, added } = open(Array.from({ length: 2_500 }, (_, i) => aLine(`order-${i}`)));
    expect(await index(KEY)).toEqual({ indexed: 2_500, passedOver: 0 });
    expect(added.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
  });

  it.each([
    ['is cut off', aLine('a').slice(0, 80)],
    ['is another service’s', aLine('a', 'other')],
    ['has an id that inference does not take', aLine('é'.repeat(3_000))],
    ['has no id', aLine(undefined)],
  ])('passes over a line that %s, and takes the rest', async (_, line) => {
    const { index, added } = open([line, aLine('order-1')]);
    expect(await index(KEY)).toEqual({ indexed: 1, passedOver: 1 });
    expect(added.flat()).toHaveLength(1);
  });

  it('reads nothing that is no capture object', async () => {
    const { index, read } = open([aLine('order-1')]);
    for (const key of ['capture-errors/fraud/x', 'captures/fraud', 'captures/fraud/', 'reports/captures/fraud/x']) {
      expect(await index(key)).toEqual({ indexed: 0, passedOver: 0 });
    }
    expect(read).toEqual([]);
  });

  it('fails where the index does: whoever asked asks again', async () => {
    const { index } = open([aLine('order-1')], () => {
      throw new Error('down');
    });
    await expect(index(KEY)).rejects.toThrow('down');
  });
});
