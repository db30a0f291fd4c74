import { describe, expect, it } from 'vitest';
import { challengerGate, type GateSettings, type PairedRow } from '../../../../core/domain/gate/challenger-gate.ts';
import type { LabelValue } from '../../../../core/domain/labels/label.ts';
import type { LabelledRow } from '../../../../core/domain/performance/join-labels.ts';
import type { Task } from '../../../../core/domain/performance/task.ts';
import { createRandom, type Random } from '../../../../core/domain/training/random.ts';

const BINARY: Task = { kind: 'binary', positive: 1 };

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());

function row(more: Partial<LabelledRow>): LabelledRow {
  return { id: 'p', row: 0, atMs: 0, version: 1, predicted: 0, label: 0, labelledAtMs: 0, segments: {}, ...more };
}

interface Traffic {
  readonly rows: number;
  /** How far the classes lie apart in the scores of each, in standard deviations of their noise. */
  readonly champion: number;
  readonly challenger: number;
  readonly rate?: number;
  readonly segments?: (random: Random) => Record<string, LabelValue>;
  /** Shifts the challenger's score by segment. */
  readonly shift?: (segments: Record<string, LabelValue>) => number;
}

/** Scores that share half of their noise, as those of two models on one row do. */
function traffic({ rows, champion, challenger, rate = 0.3, segments, shift }: Traffic, random: Random): PairedRow[] {
  return Array.from({ length: rows }, () => {
    const label = Number(random.uniform() < rate);
    const shared = normal(random);
    const parts = segments?.(random) ?? {};
    const answer = (apart: number, more: number) => {
      const score = label * apart + (shared + normal(random)) / Math.SQRT2 + more;
      return row({ label, score, predicted: Number(score > champion / 2), segments: parts });
    };
    return { champion: answer(champion, 0), challenger: answer(challenger, shift?.(parts) ?? 0) };
  });
}

const decide = (rows: readonly PairedRow[], settings: GateSettings = {}, task: Task = BINARY) =>
  challengerGate(rows, { task, settings, random: createRandom(3) });

/** AUC = Φ(apart / √2): these two are 0.02 apart around 0.85. */
const [AT_85, AT_83] = [1.4657, 1.3494];

describe('a challenger by its ROC AUC', () => {
  it('passes in at most one of twenty cases where it is worse by the margin, and with enough rows mostly where it is as good', () => {
    const random = createRandom(11);
    const passes = (challenger: number) =>
      Array.from({ length: 200 }, () =>
        decide(traffic({ rows: 3_000, champion: AT_85, challenger }, random), { margin: 0.02 }),
      ).filter((decision) => decision.passes).length / 200;
    // Three standard errors of a share of 0.05 in 200.
    expect(passes(AT_83)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 200));
    expect(passes(AT_85)).toBeGreaterThan(0.8);
  });

  it('is refused on a bare difference of points that few rows cannot show', () => {
    const decision = decide(traffic({ rows: 250, champion: AT_85, challenger: AT_85 + 0.1 }, createRandom(5)));
    expect(decision.passes).toBe(false);
    expect(decision.says).toMatch(/^refused: the challenger’s ROC AUC .* not shown to be within 0.01$/);
  });

  it('passes where it answers the very same', () => {
    const rows = traffic({ rows: 400, champion: AT_85, challenger: AT_85 }, createRandom(6));
    const decision = decide(rows.map(({ champion }) => ({ champion, challenger: champion })));
    expect(decision).toMatchObject({ passes: true, rows: 400 });
    expect(decision.checks[0]).toMatchObject({ state: 'PASSED', difference: { value: 0, lower: 0, upper: 0 } });
  });

  it.each([
    ['rows', { rows: 199, champion: 1, challenger: 1 }, /199 labelled rows, 200 are needed/],
    [
      'rows of a class',
      { rows: 400, champion: 1, challenger: 1, rate: 0.01 },
      /rows of the rarer class, 20 are needed/,
    ],
  ])('fails, rather than passes, for lack of %s', (_, given, says) => {
    const decision = decide(traffic(given, createRandom(1)));
    expect(decision.passes).toBe(false);
    expect(decision.checks[0]?.state).toBe('INSUFFICIENT_DATA');
    expect(decision.says).toMatch(says);
  });
});

describe('a challenger without scores', () => {
  it('is compared by the rows that one alone gets right', () => {
    const answer = (predicted: LabelValue, label: LabelValue) => row({ predicted, label });
    const rows = Array.from({ length: 1_000 }, (_, i) => ({
      champion: answer(i < 900 ? 'a' : 'b', 'a'),
      challenger: answer(i < 880 || i >= 960 ? 'a' : 'b', 'a'),
    }));
    const [check] = decide(rows, { margin: 0.02 }, { kind: 'multiclass' }).checks;
    // 20 that only the champion gets right, 40 that only the challenger does.
    expect(check?.difference?.value).toBeCloseTo(0.02, 12);
    expect(check?.difference?.lower).toBeCloseTo(0.007181, 6);
    // 2 P(X ≤ 20) for 60 tosses, by SciPy's binomtest.
    expect(check?.pValue).toBeCloseTo(0.013489, 5);
    expect(check?.state).toBe('PASSED');
  });
});

describe('a challenger of a quantity', () => {
  const rows = (factor: number, random: Random) =>
    Array.from({ length: 1_000 }, () => {
      const [label, error] = [100 * random.uniform(), normal(random)];
      const answer = (predicted: number) => row({ label, predicted, score: predicted });
      return { champion: answer(label + error), challenger: answer(label + error * factor) };
    });

  it('passes with smaller errors and fails with larger ones, as a share of the champion’s', () => {
    const [better, worse] = [0.9, 1.1].map((factor) =>
      decide(rows(factor, createRandom(2)), { margin: 0.05 }, { kind: 'regression' }),
    );
    expect(better).toMatchObject({ passes: true });
    expect(better?.checks[0]?.difference?.value).toBeCloseTo(0.1, 10);
    expect(worse).toMatchObject({ passes: false });
    expect(worse?.says).toContain('worse by more than 0.05');
  });
});

describe('segments', () => {
  const country = (random: Random) => ({ country: ['DE', 'FR', 'IS'][Math.floor(random.uniform() ** 4 * 3)] ?? 'DE' });

  it('refuse a challenger that is as good on the whole and bad in one of them', () => {
    const broken = traffic({ rows: 8_000, champion: AT_85, challenger: 1.9, segments: country }, createRandom(8)).map(
      (pair) =>
        pair.champion.segments['country'] === 'FR'
          ? { ...pair, challenger: { ...pair.challenger, score: -(pair.challenger.score ?? 0) } }
          : pair,
    );
    const { passes, checks, says } = decide(broken, { segments: ['country'], margin: 0.2 });
    expect(passes).toBe(false);
    const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({
      performance: 'PASSED',
      'segment:country=FR': 'FAILED',
      'segment:country=DE': 'PASSED',
    });
    expect(says).toContain('segment:country=FR');
  });

  it('of too few rows are named and left alone', () => {
    const rows = traffic(
      { rows: 500, champion: AT_85, challenger: AT_85, segments: () => ({ c: 'x' }) },
      createRandom(9),
    );
    const other = traffic(
      { rows: 20, champion: AT_85, challenger: AT_85, segments: () => ({ c: 'y' }) },
      createRandom(9),
    );
    const { checks } = decide([...rows, ...other], { segments: ['c'], margin: 0.5 });
    expect(checks.find(({ name }) => name === 'segment:c=y')).toMatchObject({ state: 'NOT_EVALUATED' });
  });
});

describe('bias', () => {
  const bias = [{ facet: { field: 'sex', values: ['F'] }, favourable: 1 }] as const;
  const sexes = (random: Random) => ({ sex: random.uniform() < 0.5 ? 'F' : 'M' });
  const shift = (segments: Record<string, LabelValue>) => (segments['sex'] === 'F' ? -1 : 0);
  const base = { rows: 2_000, champion: AT_85, challenger: AT_85 };

  it('refuses a challenger that treats one facet worse by more than chance', () => {
    const rows = traffic({ ...base, segments: sexes, shift }, createRandom(4));
    const { passes, says } = decide(rows, { bias, margin: 0.5 });
    expect(passes).toBe(false);
    expect(says).toMatch(/by sex, DI is 0\.\d+ .* outside by more than chance/);
  });

  it('does not keep a champion in place that is as biased itself', () => {
    const rows = traffic({ ...base, segments: sexes, shift }, createRandom(4));
    const same = rows.map(({ challenger }) => ({ champion: challenger, challenger }));
    const { passes, checks } = decide(same, { bias, margin: 0.5 });
    expect(passes).toBe(true);
    expect(checks.at(-1)?.says).toContain('as the champion’s');
  });

  it('fails where a facet has no rows', () => {
    const rows = traffic({ ...base, segments: () => ({ sex: 'M' }) }, createRandom(4));
    expect(decide(rows, { bias, margin: 0.5 })).toMatchObject({ passes: false });
  });
});

describe('a budget', () => {
  it('refuses what takes more than the service declares, by name', () => {
    const rows = traffic({ rows: 400, champion: AT_85, challenger: AT_85 }, createRandom(6));
    const { passes, checks, says } = challengerGate(
      rows.map(({ champion }) => ({ champion, challenger: champion })),
      {
        task: BINARY,
        random: createRandom(1),
        budget: { memoryMiB: 100, loadMs: 1_000, latencyMs: 5 },
        measured: { memoryMiB: 90, loadMs: 300, latencyMs: 7.25 },
      },
    );
    expect(passes).toBe(false);
    expect(checks.filter(({ state }) => state === 'FAILED').map(({ name }) => name)).toEqual(['latency']);
    expect(says).toBe('refused: the challenger takes 7.3 of 5 ms for a row (p99)');
  });
});
