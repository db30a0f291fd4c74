import { execFileSync } from 'node:child_process';
import { rowCounter } from '../core/domain/drift/profile/count-rows.ts';
import type { Profile, ProfilePlan } from '../core/domain/drift/profile/profile.ts';
import { chiSquareTest } from '../core/domain/drift/statistics/chi-square-test.ts';
import { jensenShannon } from '../core/domain/drift/statistics/jensen-shannon.ts';
import { kolmogorovSmirnovBinned } from '../core/domain/drift/statistics/kolmogorov-smirnov-binned.ts';
import { populationStabilityIndex } from '../core/domain/drift/statistics/population-stability-index.ts';
import { wassersteinBinned } from '../core/domain/drift/statistics/wasserstein-binned.ts';
import { createRandom } from '../core/domain/training/random.ts';
import { binReference, exactStatistics } from './drift/exact-statistics.ts';
import { normal } from './drift/normal.ts';
import { plannedRows } from './drift/planned-rows.ts';
import { median, round } from './statistics.ts';

const VALUES = 1_000_000;
const ROUNDS = 7;
const EXACT_ROUNDS = 5;
/** Node.js lets garbage lie while there is room: with little room the most that it had is what is needed. */
const SMALL_HEAP = ['--max-old-space-size=32', '--max-semi-space-size=1'];

const file = (name: string): string => new URL(`./drift/${name}`, import.meta.url).pathname;

/**
 * KS with p, Wasserstein, PSI, Jensen-Shannon and chi-square of a million values against a million of the reference: from the values
 * themselves, in turn with SciPy, and from mergeable counts; and the memory of counting 1 and 1,000 objects.
 */
export async function benchDrift(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const exact = measureExact(log);
  for (const [name, ms] of Object.entries(exact)) log(`${name}: ${ms} ms per million values`);
  const one = measure(plannedRows({ columns: 1, rows: VALUES }), false);
  const thirty = plannedRows({ columns: 30, rows: Math.round(VALUES / 30) });
  const counted = {
    'one column': one,
    '30 columns': measure(thirty, false),
    '30 columns and their correlations': measure(thirty, true),
  };
  for (const [name, ms] of Object.entries(counted)) log(`counts of ${name}: ${ms} ms per million values`);
  const ratios = exact.scipy === undefined ? undefined : ratiosOf(exact.scipy, { ...exact, counts: one });
  for (const [name, ratio] of Object.entries(ratios ?? {})) log(`${name}: ${ratio} ×`);
  const memory = [1, 1_000].map((objects) => {
    const { rows, peakMiB } = JSON.parse(
      execFileSync(process.execPath, [...SMALL_HEAP, file('count-objects.ts'), String(objects)], { encoding: 'utf8' }),
    ) as { rows: number; peakMiB: number };
    log(
      `${objects} object${objects === 1 ? '' : 's'}, ${rows} rows: ${round(peakMiB, 1)} MiB at most, Node.js included, with a heap of 32 MiB`,
    );
    return { objects, rows, peakMiB: round(peakMiB, 1) };
  });
  return { exactMsPerMillionValues: exact, countsMsPerMillionValues: counted, ...(ratios && { ratios }), memory };
}

interface ExactTimes {
  readonly 'both sides sorted': number;
  /** As a monitor does: the reference is sorted once, when it is made. */
  readonly 'current side sorted': number;
  readonly scipy?: number;
}

/** Medians in ms per million current values; each round asks all contenders in turn. */
function measureExact(log: (line: string) => void): ExactTimes {
  const random = createRandom(1);
  const normals = (): Float64Array => Float64Array.from({ length: VALUES }, () => normal(random));
  const reference = binReference(normals());
  const timed = (current: Float64Array, isSorted: boolean): number => {
    const started = performance.now();
    exactStatistics(reference, current, isSorted);
    return performance.now() - started;
  };
  const rounds = Array.from({ length: EXACT_ROUNDS + 1 }, () => {
    const current = normals();
    return { both: timed(current, false), one: timed(current, true), scipy: scipyMs() };
  }).slice(1);
  const scipy = rounds.map((round) => round.scipy).filter((ms) => ms !== undefined);
  if (scipy.length === 0) log('scipy: not measured, /usr/bin/python3 has none here');
  return {
    'both sides sorted': round(median(rounds.map(({ both }) => both)), 1),
    'current side sorted': round(median(rounds.map((round) => round.one)), 1),
    ...(scipy.length > 0 && { scipy: round(median(scipy), 1) }),
  };
}

const ratiosOf = (
  scipy: number,
  times: ExactTimes & { readonly counts: number },
): Readonly<Record<string, number>> => ({
  'scipy / exact, both sides sorted': round(scipy / times['both sides sorted'], 1),
  'scipy / exact, current side sorted': round(scipy / times['current side sorted'], 1),
  'scipy / counts of one column': round(scipy / times.counts, 1),
});

/** Median of rounds, in ms per million values. */
function measure({ plan, reference, batches }: ReturnType<typeof plannedRows>, correlations: boolean): number {
  const values = batches.reduce((sum, { rows, columns }) => sum + rows * columns.length, 0);
  const times = Array.from({ length: ROUNDS }, () => {
    const counter = rowCounter(plan, correlations ? { reference } : {});
    const started = performance.now();
    for (const batch of batches) counter.add(batch);
    compare(plan, reference, counter.profile());
    return ((performance.now() - started) / values) * 1_000_000;
  });
  return round(median(times.slice(1)), 1);
}

/** The five statistics of every column, from counts alone. */
function compare(plan: ProfilePlan, reference: Profile, current: Profile): number {
  let sum = 0;
  for (const [i, column] of plan.columns.entries()) {
    const [before, now] = [reference.columns[i], current.columns[i]];
    if (column.kind !== 'numeric' || before?.kind !== 'numeric' || now?.kind !== 'numeric') continue;
    sum += kolmogorovSmirnovBinned(before.bins, now.bins).statistic;
    sum += wassersteinBinned(before, now, column.edges);
    sum += populationStabilityIndex(before.bins, now.bins);
    sum += jensenShannon(before.bins, now.bins);
    sum += chiSquareTest(before.bins, now.bins).statistic;
  }
  return sum;
}

function scipyMs(): number | undefined {
  try {
    const [seconds = Number.NaN] = JSON.parse(
      execFileSync('/usr/bin/python3', [file('scipy-statistics.py'), '1'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as number[];
    return seconds * 1_000;
  } catch {
    return undefined;
  }
}
