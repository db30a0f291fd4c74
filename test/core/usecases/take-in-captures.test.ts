import { describe, expect, it } from 'vitest';
import type { CapturedRecord } from '../../../core/domain/capture/captured-record.ts';
import type { KnownPrediction } from '../../../core/ports/label-store.ts';
import { takeInCaptures } from '../../../core/usecases/take-in-captures.ts';

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

interface Faults {
  readonly index?: () => void;
  readonly keep?: () => void;
}

function open(lines: readonly string[], faults: Faults = {}) {
  const added: (readonly KnownPrediction[])[] = [];
  const read: string[] = [];
  const counted: CapturedRecord[] = [];
  const takeIn = takeInCaptures({
    objects: {
      async *lines(key) {
        read.push(key);
        yield* lines;
      },
    },
    index: {
      async add(service, predictions) {
        expect(service).toBe('fraud');
        faults.index?.();
        added.push(predictions);
      },
    },
    count: () => ({
      async add(record) {
        counted.push(record);
      },
      async keep() {
        faults.keep?.();
        return { rows: { 1: counted.length }, uncounted: [], late: 0 };
      },
    }),
  });
  return { index: takeIn, added, read, counted };
}

const down = () => {
  throw new Error('down');
};

describe('taking a capture object in', () => {
  it('remembers each prediction with its time', async () => {
    const { index, added, read } = open([aLine('order-1'), aLine('order-2')]);
    expect(await index(KEY)).toMatchObject({ indexed: 2, passedOver: 0, rows: { 1: 2 } });
    expect(read).toEqual([KEY]);
    const atMs = Date.parse(AT);
    expect(added.flat()).toEqual([
      { id: 'order-1', atMs },
      { id: 'order-2', atMs },
    ]);
  });

  it('holds a part of a large object at a time', async () => {
    const { index, added } = open(Array.from({ length: 2_500 }, (_, i) => aLine(`order-${i}`)));
    expect(await index(KEY)).toMatchObject({ indexed: 2_500, passedOver: 0 });
    expect(added.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
  });

  it.each([
    ['is cut off', aLine('a').slice(0, 80)],
    ['is another service’s', aLine('a', 'other')],
    ['has an id that inference does not take', aLine('é'.repeat(3_000))],
    ['has no id', aLine(undefined)],
  ])('passes over a line that %s, and takes the rest', async (_, line) => {
    const { index, added } = open([line, aLine('order-1')]);
    expect(await index(KEY)).toMatchObject({ indexed: 1, passedOver: 1, rows: { 1: 1 } });
    expect(added.flat()).toHaveLength(1);
  });

  it('reads nothing that is no capture object', async () => {
    const { index, read } = open([aLine('order-1')]);
    for (const key of ['capture-errors/fraud/x', 'captures/fraud', 'captures/fraud/', 'reports/captures/fraud/x']) {
      expect(await index(key)).toMatchObject({ indexed: 0, passedOver: 0, rows: {} });
    }
    expect(read).toEqual([]);
  });

  it('fails where the index does: whoever asked asks again', async () => {
    const { index } = open([aLine('order-1')], { index: down });
    await expect(index(KEY)).rejects.toThrow('down');
  });

  it('fails where counting does, once every prediction is remembered', async () => {
    const { index, added } = open([aLine('order-1'), aLine('order-2')], { keep: down });
    await expect(index(KEY)).rejects.toThrow('down');
    expect(added.flat()).toHaveLength(2);
  });
});
