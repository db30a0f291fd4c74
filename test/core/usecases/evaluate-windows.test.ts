import { describe, expect, it } from 'vitest';
import { type MonitorOptions, MonitorOptions as Options, SLOT_MS } from '../../../core/contracts/monitor.ts';
import { baselineOf } from '../../../core/contracts/object-keys.ts';
import type { WindowSummary } from '../../../core/contracts/windows.ts';
import { EMPTY_TALLY } from '../../../core/domain/capture/capture-tally.ts';
import { writeBaseline } from '../../../core/domain/drift/profile/baseline.ts';
import { fingerprintOf } from '../../../core/domain/drift/profile/fingerprint.ts';
import type { WindowStore } from '../../../core/ports/window-store.ts';
import { evaluateWindows } from '../../../core/usecases/windows/evaluate-windows.ts';
import { columnsOf, HOUR_MS, type RowsOptions } from '../../support/a-monitor.ts';
import { aDraft } from '../../support/a-version.ts';
import { memoryBaselineStore } from '../../support/memory-baseline-store.ts';
import { memoryLabelStore } from '../../support/memory-label-store.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';
import { memoryReopenedWindows, memoryWindowCounts } from '../../support/memory-window-counts.ts';
import { memoryReportStore, memoryWindowStore } from '../../support/memory-window-store.ts';
import { planOf, profileOf } from '../../support/profile-rows.ts';

const START = Date.UTC(2026, 5, 1);
const ROWS = 600;
const VERSION = { service: 'fraud', version: 1 };
const MINUTE_MS = 60_000;

const training = columnsOf(30_000, { seed: 1 });
const PLAN = planOf(training, { predictions: ['score'] });
const REFERENCE = profileOf(PLAN, training);
const BASELINE = writeBaseline({
  plan: PLAN,
  reference: REFERENCE,
  history: {
    rowsPerWindow: 100,
    windows: Array.from({ length: 300 }, (_, i) => ({
      profile: profileOf(PLAN, training, { from: i * 100, to: (i + 1) * 100, baseline: REFERENCE }),
      fromMs: null,
      toMs: null,
    })),
  },
});

/** A monitor of one version over ports in memory. */
async function open({ hasBaseline = true, windows = memoryWindowStore() as WindowStore } = {}) {
  const registry = memoryModelRegistry();
  await registry.appendVersion(aDraft({ registeredAt: new Date(START).toISOString() }));
  const state = await registry.findService('fraud');
  if (state) {
    const next = { ...state, champion: 1, revision: state.revision + 1 };
    const at = new Date(START).toISOString();
    await registry.moveChampion(next, {
      id: 'r1',
      service: 'fraud',
      kind: 'rollout',
      strategy: 'all-at-once',
      version: 1,
      previous: null,
      state: 'SUCCEEDED',
      startedAt: at,
      endedAt: at,
    });
  }
  const baselines = memoryBaselineStore();
  if (hasBaseline) {
    const files = { 'profile.json': BASELINE, 'statistics.json': '{}', 'constraints.json': CONSTRAINTS };
    await baselines.put(baselineOf('fraud', 1), files);
  }
  const counts = memoryWindowCounts();
  const reopened = memoryReopenedWindows();
  const reports = memoryReportStore();
  const emitted: Readonly<Record<string, number>>[] = [];
  const evaluate = evaluateWindows({
    registry,
    baselines,
    counts,
    reopened,
    windows,
    reports,
    objects: { async *lines() {}, keys: async () => [] },
    labels: memoryLabelStore(),
    emit: (_, metrics) => void emitted.push(metrics),
    onFault: ({ error }) => {
      throw error;
    },
  });
  const options: MonitorOptions = Options.parse({
    service: 'fraud',
    windowMinutes: 60,
    capture: { hash: [], drop: [] },
  });
  return {
    counts,
    baselines,
    reopened,
    reports,
    emitted,
    windows,
    /** As a schedule does, minutes after an hour has ended. */
    tick: (hour: number) => evaluate(options, { now: START + hour * HOUR_MS + 4 * MINUTE_MS }),
    async add(
      hour: number,
      { seed = hour + 100, rows = ROWS, name = 'object', baseline = fingerprintOf(BASELINE), change }: AddedRows = {},
    ) {
      const profile = profileOf(PLAN, columnsOf(rows, { seed, ...(change && { change }) }), { baseline: REFERENCE });
      const fromMs = START + hour * HOUR_MS + 2 * SLOT_MS;
      const tally = { ...EMPTY_TALLY, records: rows, rows };
      await counts.keep({ ...VERSION, baseline }, { key: `${name}-${hour}`, counts: [{ fromMs, profile, tally }] });
    },
    mark: (hour: number) => reopened.mark(VERSION, [START + hour * HOUR_MS + 2 * SLOT_MS], { now: START }),
    async list(series: WindowSummary['series'] = 'window'): Promise<WindowSummary[]> {
      return (await windows.list('fraud', { limit: 200, series })).windows.toReversed();
    },
  };
}

interface AddedRows extends Partial<RowsOptions> {
  readonly rows?: number;
  readonly name?: string;
  /** Fingerprint of the baseline that they are counted by. */
  readonly baseline?: string;
}

const CONSTRAINTS = JSON.stringify({
  version: 0,
  features: [{ name: 'age', inferred_type: 'Fractional', completeness: 0.9 }],
  monitoring_config: {},
});

const dearer = (row: Record<string, number | string | null>) => ({ ...row, amount: Number(row['amount']) + 0.5 });

/** What does not depend on when a window was evaluated. */
const verdicts = (windows: readonly WindowSummary[]) =>
  windows.map(({ id, rows, state, breached, since, sentence }) => ({ id, rows, state, breached, since, sentence }));

describe('evaluating the windows of a service', () => {
  it('finds what moved, suspects first, then calls it drift, and says so in metrics, once', async () => {
    const { add, tick, list, emitted } = await open();
    for (const hour of [0, 1]) await add(hour);
    for (const hour of [2, 3]) await add(hour, { change: dearer });
    for (const hour of [1, 2, 3, 4]) await tick(hour);
    expect((await list()).map(({ state }) => state)).toEqual(['OK', 'OK', 'SUSPECT', 'DRIFT']);
    expect((await list()).at(-1)?.moved.map(({ column }) => column)).toContain('amount');
    expect(emitted.map(({ driftBreached }) => driftBreached)).toEqual([0, 0, 1, 1]);
    expect(emitted.map(({ windowRows }) => windowRows)).toEqual([ROWS, ROWS, ROWS, ROWS]);
  });

  it('evaluates a window once, however often it is asked', async () => {
    const { add, tick, list, emitted } = await open();
    await add(0);
    expect((await tick(1)).evaluated).toEqual(['1.window.20260601T0000Z']);
    expect((await tick(1)).evaluated).toEqual([]);
    expect(await list()).toHaveLength(1);
    expect(emitted).toHaveLength(1);
  });

  it('comes to the same verdicts hour by hour, at once, and by many at a time', async () => {
    const hours = Array.from({ length: 30 }, (_, hour) => hour);
    const runs = await Promise.all(
      (['hourly', 'late', 'racing'] as const).map(async (how) => {
        const { add, tick, list, reports } = await open();
        for (const hour of hours) {
          await add(hour, hour > 20 ? { change: dearer } : {});
          if (how === 'hourly') await tick(hour + 1);
          if (how === 'racing') await Promise.all([tick(hour + 1), tick(hour + 1), tick(hour + 1)]);
        }
        while ((await tick(30)).isBehind);
        // One memory for each series that has begun: nothing of lost races is in the way.
        return { list: await list(), days: await list('day'), memories: reports.memories().length };
      }),
    );
    const [hourly, late, racing] = runs;
    expect(verdicts(hourly?.list ?? [])).toHaveLength(30);
    expect(verdicts(late?.list ?? [])).toEqual(verdicts(hourly?.list ?? []));
    expect(verdicts(racing?.list ?? [])).toEqual(verdicts(hourly?.list ?? []));
    expect(hourly?.days.map(({ rows }) => rows)).toEqual([24 * ROWS]);
    expect(racing?.list.every(({ revision }) => revision === 1)).toBe(true);
  });

  it('judges a window again that late captures reach, visibly, and those after it as if it had always been so', async () => {
    const early = await open();
    const late = await open();
    for (const { add, tick } of [early, late]) {
      for (let hour = 0; hour < 6; hour += 1) {
        const isLate = hour === 3 && add === late.add;
        if (!isLate) await add(hour, hour === 2 || hour === 3 ? { change: dearer } : {});
        await tick(hour + 1);
      }
    }
    expect((await late.list())[3]).toMatchObject({ rows: 0 });
    await late.add(3, { change: dearer });
    await late.mark(3);
    const again = await late.tick(6);
    expect(again.reopened).toContain('1.window.20260601T0300Z');
    const windows = await late.list();
    expect(windows[3]).toMatchObject({
      rows: ROWS,
      revision: 2,
      state: 'DRIFT',
      reopened: { reason: 'LATE_CAPTURES' },
    });
    expect(verdicts(windows).map(({ state }) => state)).toEqual(verdicts(await early.list()).map(({ state }) => state));
    expect(await late.reopened.list(VERSION)).toEqual([]);
    expect(late.emitted).toHaveLength(6);
    expect(await late.reports.readReport('fraud', { id: windows[3]?.id ?? '', revision: 1 })).toMatchObject({
      rows: 0,
    });
  });

  it('passes over a year of silence in one step, and sees the last hour of it', async () => {
    const { add, tick, list } = await open();
    await add(0);
    await tick(1);
    const year = 365 * 24;
    expect((await tick(year)).isBehind).toBe(false);
    expect((await list()).map(({ rows }) => rows)).toEqual([ROWS, 0]);
    await add(year);
    await tick(year + 1);
    expect((await list()).at(-1)).toMatchObject({ rows: ROWS });
  });

  it('says how many windows captures came too late for, and takes them into longer ones', async () => {
    const { add, tick, mark } = await open();
    for (let hour = 0; hour < 200; hour += 1) await add(hour, { rows: 60 });
    while ((await tick(200)).isBehind);
    await add(1, { name: 'late', rows: 60 });
    await mark(1);
    // The day and the week it is part of are judged again all the same.
    expect(await tick(200)).toMatchObject({ tooLate: 1, reopened: ['1.day.20260601T0000Z', '1.week.20260601T0000Z'] });
  });

  it('checks data quality by the version’s constraints, and keeps the violations in Model Monitor’s format', async () => {
    const { add, tick, list, reports, emitted } = await open();
    await add(0, { change: (row, random) => ({ ...row, age: random.uniform() < 0.3 ? null : (row['age'] ?? null) }) });
    await tick(1);
    const [window] = await list();
    // The other three columns are none of the constraints'.
    expect(window).toMatchObject({ violations: 4 });
    expect(JSON.parse(reports.violations(window?.id ?? '') ?? '').violations).toContainEqual(
      expect.objectContaining({ feature_name: 'age', constraint_check_type: 'completeness_check' }),
    );
    expect(emitted[0]).toMatchObject({ qualityViolations: 4 });
  });

  it('names a champion without a baseline, and evaluates nothing of it', async () => {
    const { add, tick, list } = await open({ hasBaseline: false });
    await add(0);
    expect(await tick(1)).toMatchObject({ withoutBaseline: [1], evaluated: [] });
    expect(await list()).toEqual([]);
  });

  it('fails where nothing can be written, and makes up for it the next time', async () => {
    const store = memoryWindowStore();
    let isDown = true;
    const windows: WindowStore = {
      ...store,
      commit: (...asked) => (isDown ? Promise.reject(new Error('down')) : store.commit(...asked)),
    };
    const { add, tick, list } = await open({ windows });
    await add(0);
    await expect(tick(1)).rejects.toThrow('down');
    expect(await list()).toEqual([]);
    isDown = false;
    await tick(1);
    expect(await list()).toHaveLength(1);
  });
});
