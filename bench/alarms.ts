import { Worker } from 'node:worker_threads';
import { type NullCell, type PowerCell, REGIMES, type RegimeName, type runCell } from './alarms/cells.ts';
import { RULES, type RuleName } from './alarms/other-rules.ts';
import { SHIFTS } from './alarms/shifts.ts';
import type { CellTask } from './alarms/worker.ts';
import { round } from './statistics.ts';

const SIZES = [200, 1_000, 10_000] as const;
const SEED = 20_260_101;
const WORKERS = 2;

/**
 * False alarms and power of the monitor beside rules in common use, on simulated traffic of thirty features, a score and a flag.
 *
 * @param options.windows per cell; power at 10,000 rows is measured on a fifth of them, for it is 1 or nearly so
 * @returns shares of windows, by regime and size and by shift and size
 */
export async function benchAlarms(
  log: (line: string) => void,
  { windows = 1000 }: { readonly windows?: number } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const results = await runAll(tasksOf(windows), (done, of) => log(`${done} of ${of} cells`));
  const unchanged = results
    .filter(({ unchanged }) => unchanged !== undefined)
    .map((result) => result.unchanged as NullCell);
  const power = results.flatMap((result) => result.power);
  log(`\n${nullTable(unchanged)}\n\n${powerTable(power)}`);
  return { windows, seed: SEED, rules: RULES, null: unchanged, power };
}

type Asked = CellTask & { readonly printed: boolean };

/** Shifts are tried at every size in the independent regime; the largest cells first, so that no worker waits long at the end. */
const tasksOf = (windows: number): readonly Asked[] =>
  SIZES.toReversed().flatMap((n) => {
    const cells = (Object.keys(REGIMES) as RegimeName[]).map((regime) => ({
      regime,
      n,
      windows,
      seed: SEED,
      shifted: regime === 'independent' && n < 10_000,
      printed: true,
    }));
    const fewer = { regime: 'independent' as const, n, windows: Math.ceil(windows / 5), seed: SEED, shifted: true };
    return n < 10_000 ? cells : [{ ...fewer, printed: false }, ...cells];
  });

type CellResult = ReturnType<typeof runCell>;

/** Runs the cells on two workers; results come in the order of the tasks. */
async function runAll(
  tasks: readonly Asked[],
  progress: (done: number, of: number) => void,
): Promise<readonly { readonly unchanged: NullCell | undefined; readonly power: readonly PowerCell[] }[]> {
  const results: CellResult[] = new Array(tasks.length);
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./alarms/worker.ts', import.meta.url));
    try {
      while (next < tasks.length) {
        const index = next;
        next += 1;
        const answer = new Promise<CellResult>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        });
        worker.postMessage(tasks[index]);
        results[index] = await answer;
        done += 1;
        progress(done, tasks.length);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return results.map(({ unchanged, power }, i) => ({ unchanged: tasks[i]?.printed ? unchanged : undefined, power }));
}

const percent = (share: number): string => `${round(share * 100, 1)} %`;
const ruleNames = Object.keys(RULES) as RuleName[];
const table = (rows: readonly (readonly string[])[]): string =>
  rows.map((row, i) => `| ${row.join(' | ')} |${i === 0 ? `\n|${'---|'.repeat(row.length)}` : ''}`).join('\n');

function nullTable(cells: readonly NullCell[]): string {
  const rows = (Object.keys(REGIMES) as RegimeName[]).flatMap((regime) =>
    SIZES.map((n) => {
      const cell = cells.find((one) => one.regime === regime && one.n === n) as NullCell;
      const all = [cell, ...ruleNames.map((rule) => cell.others[rule])];
      return [regime, String(n), ...all.map((one) => `${percent(one.falseAlarmRate)} / ${percent(one.pageRate)}`)];
    }),
  );
  return table([
    ['unchanged traffic: alarms / pages', 'rows', 'Keelson', ...ruleNames.map((rule) => RULES[rule])],
    ...rows,
  ]);
}

function powerTable(cells: readonly PowerCell[]): string {
  const rows = SHIFTS.flatMap(({ shift }) =>
    SIZES.map((n) => {
      const cell = cells.find((one) => one.shift === shift && one.n === n) as PowerCell;
      return [
        shift,
        String(n),
        ...[cell.power, ...ruleNames.map((rule) => cell.others[rule])].map((p) => p.toFixed(2)),
      ];
    }),
  );
  return table([
    ['changed traffic: share of windows found', 'rows', 'Keelson', ...ruleNames.map((rule) => RULES[rule])],
    ...rows,
  ]);
}
