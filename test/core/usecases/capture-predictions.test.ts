import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isSampled } from '../../../core/domain/capture/is-sampled.ts';
import type { CaptureSink } from '../../../core/ports/capture-sink.ts';
import type { KnownPrediction } from '../../../core/ports/label-store.ts';
import {
  type CaptureCounters,
  type CaptureDependencies,
  createPredictionCapture,
} from '../../../core/usecases/capture-predictions.ts';
import { aPrediction } from '../../support/a-prediction.ts';
import { manualTime } from '../../support/manual-time.ts';
import { memoryCaptureSpill } from '../../support/memory-capture-spill.ts';

type Behaviour = 'takes' | 'refuses' | 'hangs' | 'throws' | 'takes half';

/** A sink whose behaviour a test changes, and what it took. */
function aSink(clock: { sleep: (ms: number) => Promise<void> }) {
  const taken: string[] = [];
  let behaviour: Behaviour = 'takes';
  let calls = 0;
  const sink: CaptureSink = {
    async put(lines) {
      calls += 1;
      if (behaviour === 'hangs') await clock.sleep(2_000);
      if (behaviour === 'throws') throw new Error('a bug');
      if (behaviour === 'refuses' || behaviour === 'hangs') return { refused: lines, error: new Error('down') };
      const half = behaviour === 'takes half' ? Math.floor(lines.length / 2) : lines.length;
      taken.push(...lines.slice(0, half));
      return { refused: lines.slice(half) };
    },
  };
  const behave = (next: Behaviour) => {
    behaviour = next;
  };
  return { sink, taken, calls: () => calls, behave };
}

function open(parts: Partial<CaptureDependencies['rules']> = {}, spillLines = Number.POSITIVE_INFINITY) {
  const time = manualTime();
  const sink = aSink(time);
  const faults: string[] = [];
  const told: KnownPrediction[] = [];
  const reports: CaptureCounters[] = [];
  const spill = memoryCaptureSpill(spillLines);
  const dependencies: CaptureDependencies = {
    rules: { hash: [], drop: [], samplingRate: 1, waitMs: 20, ...parts },
    service: 'fraud',
    sink: sink.sink,
    recent: { tell: async (_service, predictions) => void told.push(...predictions) },
    spill,
    pseudonym: async () => (text) => `hash(${text})`,
    recordLimitBytes: 1_000 * 1024,
    monotonicMs: time.monotonicMs,
    sleep: time.sleep,
    report: (counters) => void reports.push(counters),
    onFault: ({ what }) => void faults.push(what),
  };
  return {
    ...time,
    ...sink,
    dependencies,
    faults,
    told,
    reports,
    spill,
    capture: createPredictionCapture(dependencies),
  };
}

let ids = 0;
const offer = (bytes = 1_000) => {
  ids += 1;
  return { ...aPrediction({ eventId: `event-${ids}`, predictionId: `prediction-${ids}` }), bytes };
};

const idsOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).eventMetadata.eventId as string);

const expectBalance = ({ served, captured, sampledOut, spilled, lost, waiting }: CaptureCounters) =>
  expect(captured + sampledOut + spilled + lost + waiting).toBe(served);

describe('capturing predictions', () => {
  it('asks for the key of the hash once a route key is to be hashed, and not before', async () => {
    const { dependencies, taken } = open();
    let asked = 0;
    const capture = createPredictionCapture({
      ...dependencies,
      pseudonym: async () => {
        asked += 1;
        return (text) => `hash(${text})`;
      },
    });
    await capture.offer(offer());
    expect([taken.length, asked]).toEqual([1, 0]);
    void capture.offer(offer());
    const flushed = capture.flush();
    // Comes while the delivery is under way.
    void capture.offer({ ...offer(), routeKey: 'customer-17' });
    await flushed;
    await capture.flush();
    expect([taken.length, asked]).toEqual([3, 1]);
    expect(JSON.parse(taken[2] ?? '').keelson.routeKey).toBe('hash(route-key\0customer-17)');
    expect(capture.counters()).toMatchObject({ served: 3, captured: 3, lost: 0 });
  });

  it('delivers what is offered, in order, and counts it', async () => {
    const { capture, taken, advance } = open();
    const offers = Array.from({ length: 1_200 }, () => offer());
    for (const each of offers) void capture.offer(each);
    await advance(0);
    await capture.flush();
    expect(idsOf(taken)).toEqual(offers.map(({ eventId }) => eventId));
    expect(capture.counters()).toMatchObject({ served: 1_200, captured: 1_200, waiting: 0, lost: 0 });
  });

  it('delivers in batches: at most one delivery a second while requests come one after the other', async () => {
    const { capture, calls, taken, advance } = open();
    for (let request = 0; request < 50; request += 1) {
      await capture.offer(offer());
      await advance(100);
    }
    expect(calls()).toBeLessThanOrEqual(6);
    await advance(1_000);
    expect(taken).toHaveLength(50);
  });

  it('delivers what lies in memory when no further request comes', async () => {
    const { capture, taken, advance } = open();
    await capture.offer(offer());
    await capture.offer(offer());
    expect(taken).toHaveLength(1);
    await advance(1_000);
    expect(taken).toHaveLength(2);
  });

  it('takes the share of the sampling rate, and the same ids each time', async () => {
    const sample = async () => {
      const { capture, taken } = open({ samplingRate: 0.3 });
      for (let i = 0; i < 1_000; i += 1) void capture.offer({ ...offer(), predictionId: `p-${i}` });
      await capture.flush();
      const { served, captured, sampledOut } = capture.counters();
      expect([served, captured + sampledOut]).toEqual([1_000, 1_000]);
      return taken.map((line) => JSON.parse(line).eventMetadata.inferenceId as string);
    };
    const first = await sample();
    expect(first.length).toBeGreaterThan(200);
    expect(first.length).toBeLessThan(400);
    expect(await sample()).toEqual(first);
  });

  it('lets no request wait longer than it may, and none at all for a while once one has', async () => {
    const { capture, behave, advance, monotonicMs } = open({ waitMs: 20 });
    behave('hangs');
    let answeredAtMs: number | undefined;
    void capture.offer(offer()).then(() => {
      answeredAtMs = monotonicMs();
    });
    await advance(19);
    expect(answeredAtMs).toBeUndefined();
    await advance(1);
    expect(answeredAtMs).toBe(20);
    for (let i = 0; i < 100; i += 1) await capture.offer(offer());
    await advance(4_000);
    // The sink was slow a moment ago: this starts a delivery, and resolves without time moving.
    await capture.offer(offer());
    expectBalance(capture.counters());
  });

  it('lets nobody wait where that is declared', async () => {
    const { capture, behave } = open({ waitMs: 0 });
    behave('hangs');
    await capture.offer(offer());
    expect(capture.counters()).toMatchObject({ served: 1, waiting: 1 });
  });

  it('puts aside what the sink refuses, leaves it alone for a while, and delivers all of it afterwards', async () => {
    const { capture, behave, taken, calls, advance, faults } = open();
    behave('refuses');
    const offers = Array.from({ length: 40 }, () => offer());
    for (const each of offers) {
      await capture.offer(each);
      await advance(500);
      expectBalance(capture.counters());
    }
    await capture.flush();
    expect(capture.counters()).toMatchObject({ served: 40, spilled: 40, captured: 0, replayed: 0 });
    // 20 s with pauses of 1, 2, 4, 8 s between attempts, not one attempt a second.
    expect(calls()).toBeLessThanOrEqual(6);
    expect(faults[0]).toContain('refused');
    behave('takes');
    await advance(120_000);
    expect(capture.counters()).toMatchObject({ spilled: 40, replayed: 40, lost: 0 });
    expect(idsOf(taken).sort()).toEqual(offers.map(({ eventId }) => eventId).sort());
  });

  it('puts aside only what was refused of a batch', async () => {
    const { capture, behave, taken, advance } = open();
    behave('takes half');
    for (let i = 0; i < 10; i += 1) void capture.offer(offer());
    await capture.flush();
    const { captured, spilled } = capture.counters();
    expect([captured, spilled]).toEqual([taken.length, 10 - taken.length]);
    behave('takes');
    await advance(120_000);
    expect(new Set(idsOf(taken)).size).toBe(10);
  });

  it('counts as lost what neither sink nor spill has room for, and says so', async () => {
    const { capture, behave, advance, reports } = open({}, 15);
    behave('refuses');
    for (let i = 0; i < 40; i += 1) void capture.offer(offer());
    await capture.flush();
    expect(capture.counters()).toMatchObject({ served: 40, spilled: 15, lost: 25, waiting: 0 });
    await advance(10_000);
    expect(reports[0]).toMatchObject({ served: 40, spilled: 15, lost: 25 });
  });

  it('holds no more in memory than it may while a sink hangs', async () => {
    const { capture, behave } = open();
    behave('hangs');
    for (let i = 0; i < 40; i += 1) void capture.offer(offer(1024 * 1024));
    await turn();
    const counters = capture.counters();
    expect(counters).toMatchObject({ served: 40, waiting: 32, lost: 8 });
    expectBalance(counters);
  });

  it('survives a sink that breaks its promise and throws', async () => {
    const { capture, behave } = open();
    behave('throws');
    await capture.offer(offer());
    await capture.flush();
    expect(capture.counters()).toMatchObject({ spilled: 1, lost: 0, waiting: 0 });
  });

  it('balances at every moment under a sink that flaps, and brings every record through once', async () => {
    const { capture, behave, taken, advance } = open({ samplingRate: 0.7 });
    const moods: Behaviour[] = ['takes', 'refuses', 'takes half', 'throws', 'hangs'];
    for (let i = 0; i < 600; i += 1) {
      behave(moods[Math.floor(i / 7) % moods.length] as Behaviour);
      void capture.offer(offer());
      await advance((i % 5) * 90);
      expectBalance(capture.counters());
    }
    behave('takes');
    await advance(200_000);
    const { served, sampledOut, captured, spilled, replayed, lost, waiting } = capture.counters();
    expect({ served, lost, waiting }).toEqual({ served: 600, lost: 0, waiting: 0 });
    expect(replayed).toBe(spilled);
    expect(captured + replayed + sampledOut).toBe(600);
    expect(new Set(idsOf(taken)).size).toBe(taken.length);
    expect(taken).toHaveLength(600 - sampledOut);
  });

  it('writes nothing before it can be hashed: it waits in memory for the key', async () => {
    const opened = open();
    let isKeyThere = false;
    const capture = createPredictionCapture({
      ...opened.dependencies,
      rules: { ...opened.dependencies.rules, hash: ['x'] },
      pseudonym: async () => {
        if (!isKeyThere) throw new Error('the table is out of reach');
        return (text) => `hash(${text.length})`;
      },
    });
    await capture.offer(offer());
    await opened.advance(3_000);
    expect(capture.counters()).toMatchObject({ waiting: 1, captured: 0, spilled: 0 });
    isKeyThere = true;
    await opened.advance(3_000);
    expect(capture.counters()).toMatchObject({ waiting: 0, captured: 1 });
    expect(opened.taken[0]).toContain('hash(');
  });

  it('tells once a version which declared names its model does not have', async () => {
    const { capture, faults } = open({ drop: ['iban'] });
    for (let i = 0; i < 3; i += 1) void capture.offer(offer());
    await capture.flush();
    expect(faults).toEqual([expect.stringContaining('its model has no "iban"')]);
  });

  it('reports what was counted since the last report, at most every 10 s', async () => {
    const { capture, reports, advance } = open();
    await capture.offer(offer());
    await advance(10_000);
    await capture.offer(offer());
    await capture.offer(offer());
    await advance(60_000);
    expect(reports.map(({ served, captured }) => [served, captured])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('tells of what is delivered, and of nothing else', async () => {
    const { capture, told } = open({ samplingRate: 0.5 });
    const offers = Array.from({ length: 100 }, () => offer());
    for (const each of offers) await capture.offer(each);
    await capture.flush();
    const sampled = offers.filter(({ predictionId }) => isSampled(predictionId, 0.5));
    expect(told).toEqual(sampled.map(({ predictionId, atMs }) => ({ id: predictionId, atMs })));
  });

  it.each([
    ['fails', () => Promise.reject(new Error('down'))],
    ['does not answer', () => new Promise<never>(() => undefined)],
  ])('captures all where telling of it %s', async (_, tell) => {
    const { dependencies, taken, advance } = open();
    const capture = createPredictionCapture({ ...dependencies, recent: { tell } });
    for (let round = 0; round < 5; round += 1) {
      await capture.offer(offer());
      await capture.flush();
      await advance(1_000);
    }
    expect(taken).toHaveLength(5);
    expect(capture.counters()).toMatchObject({ captured: 5, lost: 0, waiting: 0 });
  });
});
