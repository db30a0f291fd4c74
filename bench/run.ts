import { parseArgs } from 'node:util';
import { benchAlarms } from './alarms.ts';
import { benchBatching } from './batching.ts';
import { benchBinary } from './binary.ts';
import { benchCapture } from './capture.ts';
import { benchColdStart } from './cold-start.ts';

import { benchDrift } from './drift.ts';
import { benchExecutor } from './executor.ts';
import { benchHandler } from './handler.ts';
import { benchHttp } from './http.ts';
import { benchIsolation } from './isolation.ts';
import { benchLargeModels } from './large-models.ts';
import { benchPool } from './pool.ts';
import { benchPromotion } from './promotion.ts';
import { benchSizes } from './sizes.ts';
import { benchTraining } from './training.ts';

/** Benchmarks by name: each prints lines for people and returns one object, which `--json` prints last. */
const BENCHMARKS: Readonly<
  Record<
    string,
    (log: (line: string) => void, options: { readonly windows?: number }) => Promise<Readonly<Record<string, unknown>>>
  >
> = {
  batching: benchBatching,
  binary: benchBinary,
  alarms: benchAlarms,
  capture: benchCapture,
  'cold-start': benchColdStart,
  drift: benchDrift,
  executor: benchExecutor,
  handler: benchHandler,
  http: benchHttp,
  isolation: benchIsolation,
  'large-models': benchLargeModels,
  pool: benchPool,
  promotion: benchPromotion,
  sizes: benchSizes,
  training: benchTraining,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  // --windows: how many windows `alarms` simulates per cell.
  options: { json: { type: 'boolean', default: false }, windows: { type: 'string' } },
});
const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}
const windows = values.windows === undefined ? undefined : Number(values.windows);
if (windows !== undefined && !(Number.isInteger(windows) && windows > 0)) {
  console.error(`--windows is ${values.windows}; allowed is a whole number from 1`);
  process.exit(2);
}
const log = (line: string): void => (values.json ? console.error(line) : console.log(line));
const results: Record<string, unknown> = {};
for (const name of names) results[name] = await BENCHMARKS[name]?.(log, windows === undefined ? {} : { windows });
if (values.json) console.log(JSON.stringify(names.length === 1 ? results[names[0] as string] : results));
