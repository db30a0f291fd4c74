import { describe, expect, it } from 'vitest';
import type { WatchedModel } from '../../../core/domain/capture/model-columns.ts';
import type { ComparedVersion } from '../../../core/domain/performance/predicted-rows.ts';
import { joinCaptures } from '../../../core/usecases/join-captures.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { memoryLabelStore } from '../../support/memory-label-store.ts';

const HOUR_MS = 3_600_000;
const MODEL: WatchedModel = {
  signature: {
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 1] }],
    outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 1] }],
  },
  metadata: {},
};
const VERSION: ComparedVersion = {
  service: 'fraud',
  version: 1,
  model: MODEL,
  rules: { hash: [], drop: [] },
  task: { kind: 'regression' },
  segments: [],
};

const csv = (data: string) => ({ observedContentType: 'text/csv', encoding: 'CSV', data });
const aLine = (inferenceId: string, atMs: number) =>
  JSON.stringify({
    captureData: { endpointInput: csv('1\n'), endpointOutput: csv('2\n') },
    eventMetadata: { eventId: inferenceId, inferenceId, inferenceTime: new Date(atMs).toISOString() },
    eventVersion: '0',
    keelson: { service: 'fraud', version: 1, route: 'POST /endpoints/fraud/invocations' },
  });

function open(objects: Readonly<Record<string, readonly string[]>>) {
  const labels = memoryLabelStore();
  const join = joinCaptures({
    objects: {
      async *lines(key) {
        yield* objects[key] ?? [];
      },
    },
    labels,
  });
  const keys = Object.keys(objects);
  return { labels, join: (parts = {}) => join(VERSION, { keys, fromMs: 0, toMs: EVENT_TIME + HOUR_MS, ...parts }) };
}

describe('captures joined with labels', () => {
  it('are the predictions of the window, over all objects, once each, with the labels that have come', async () => {
    const { join, labels } = open({
      one: [aLine('a', EVENT_TIME), aLine('early', EVENT_TIME - 1), aLine('b', EVENT_TIME)],
      two: [aLine('b', EVENT_TIME), aLine('late', EVENT_TIME + HOUR_MS), 'no record', aLine('c', EVENT_TIME + 1)],
    });
    const label = { row: 0, value: 3, atMs: EVENT_TIME + 9 };
    await labels.keep(
      'fraud',
      [
        { ...label, id: 'b' },
        { ...label, id: 'never' },
        { ...label, id: 'early' },
      ],
      {
        now: EVENT_TIME,
      },
    );
    const { labelled, unlabelled } = await join({ fromMs: EVENT_TIME });
    expect(labelled).toEqual([
      {
        id: 'b',
        row: 0,
        atMs: EVENT_TIME,
        version: 1,
        predicted: 2,
        score: 2,
        segments: {},
        label: 3,
        labelledAtMs: EVENT_TIME + 9,
      },
    ]);
    expect(unlabelled.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('find a label whenever it comes, and the correction after it', async () => {
    const { join, labels } = open({ one: [aLine('a', EVENT_TIME)] });
    const keep = (value: number, atMs: number) =>
      labels.keep('fraud', [{ id: 'a', row: 0, value, atMs }], { now: atMs });
    expect((await join()).labelled).toEqual([]);
    await keep(5, EVENT_TIME + 90 * 24 * HOUR_MS);
    expect((await join()).labelled).toMatchObject([{ label: 5 }]);
    await keep(6, EVENT_TIME + 91 * 24 * HOUR_MS);
    expect((await join()).labelled).toMatchObject([{ label: 6 }]);
  });

  it('can be a sample, the same one each time', async () => {
    const { join } = open({ one: Array.from({ length: 12_000 }, (_, i) => aLine(`order-${i}`, EVENT_TIME)) });
    const [some, again] = [await join({ samplingRate: 0.1 }), await join({ samplingRate: 0.1 })];
    expect(some.unlabelled.length).toBeGreaterThan(1_000);
    expect(some.unlabelled.length).toBeLessThan(1_400);
    expect(again).toEqual(some);
    expect((await join()).unlabelled).toHaveLength(12_000);
  });
});
