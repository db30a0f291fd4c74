import { execFileSync } from 'node:child_process';
import { rowCounter } from '../core/domain/drift/profile/count-rows.ts';
import type { Profile, ProfilePlan } from '../core/domain/drift/profile/profile.ts';
import { chiSquareTest } from '../core/domain/drift/statistics/chi-square-test.ts';
import { jensenShannon } from '../core/domain/drift/statistics/jensen-shannon.ts';
import { kolmogorovSmirnovBinned } from '../core/domain/drift/statistics/kolmogorov-smirnov-binned.ts';
import { populationStabilityIndex } from '../core/domain/drift/statistics/population-stability-index.ts';
import { wassersteinBinned } from '../core/domain/drift/statistics/wasserstein-binned.ts';
import { plannedRows } from './counts/planned-rows.ts';
import { median, round } from './statistics.ts';

const VALUES = 1_000_000;
const ROUNDS = 7;
/** Node.js lets garbage lie while there is room: with little room the most that it had is what is needed. */
const SMALL_HEAP = ['--max-old-space-size=32', '--max-semi-space-size=1'];

const file = (name: string): string => new URL(`./counts/${name}`, import.meta.url).pathname;

/**
 * Mergeable counts of a million values and the drift statistics that follow from them, against SciPy that computes KS,
 * Wasserstein, PSI, Jensen-Shannon and chi-square from the values themselves; and the memory of counting 1 and 1,000 objects.
 */
export async function benchCounts(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const one = measure(plannedRows({ columns: 1, rows: VALUES }), false);
  const thirty = plannedRows({ columns: 30, rows: Math.round(VALUES / 30) });
  const ours = {
    'one column': one,
    '30 columns': measure(thirty, false),
    '30 columns and their correlations': measure(thirty, true),
  };
  for (const [name, ms] of Object.entries(ours)) log(`${name}: ${ms} ms per million values`);
  const scipyMs = scipy(log);
  const ratio = scipyMs === undefined ? undefined : round(scipyMs / one, 1);
  if (ratio !== undefined) log(`scipy ${scipyMs} ms per million values: ${ratio} × one column`);
  const memory = [1, 1_000].map((objects) => {
    const { rows, peakMiB } = JSON.parse(
      execFileSync(process.execPath, [...SMALL_HEAP, file('count-objects.ts'), String(objects)], { encoding: 'utf8' }),
    ) as { rows: number; peakMiB: number };
    log(
      `${objects} object${objects === 1 ? '' : 's'}, ${rows} rows: ${round(peakMiB, 1)} MiB at most, Node.js included, with a heap of 32 MiB`,
    );
    return { objects, rows, peakMiB: round(peakMiB, 1) };
  });
  return {
    msPerMillionValues: ours,
    ...(ratio !== undefined && {
      scipyMs,
      'scipy / one column (KS, Wasserstein, PSI, JS, chi-square of a million values)': ratio,
    }),
    memory,
  };
}

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

function scipy(log: (line: string) => void): number | undefined {
  try {
    const seconds = JSON.parse(
      execFileSync('/usr/bin/python3', [file('scipy-drift.py'), '3'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as number[];
    return round(median(seconds) * 1_000, 1);
  } catch {
    log('scipy: not measured, /usr/bin/python3 has none here');
    return undefined;
  }
}
