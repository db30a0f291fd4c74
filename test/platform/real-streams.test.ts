import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKeelsonClient } from '../../apps/client/index.ts';
import type { WindowSummary } from '../../core/contracts/windows.ts';
import { encodeOnnxModel } from '../../core/domain/onnx/encode-model.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { synthesize } from '../lib/synthesize.ts';
import { postJson } from '../support/api-calls.ts';
import { missing, SHARED } from '../support/shared.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

interface Stream {
  readonly service: string;
  readonly file: string;
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  /** Rows before it are the training set. */
  readonly first: (rows: readonly Readonly<Record<string, string>>[]) => number;
  readonly rowsPerDay: number;
  readonly weeks: number;
}

function readRows(file: string): Record<string, string>[] {
  const text = gunzipSync(readFileSync(join(SHARED, 'data', file))).toString('utf8');
  const [header = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(','));
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? ''])));
}

/** Its answer is the sum of its first two numbers; it repeats the texts. Every column is an input of its own. */
const modelOf = ({ numbers, texts }: Stream): Uint8Array => {
  const column = (name: string, elementType: 'FLOAT' | 'STRING') => ({ name, elementType, shape: ['N', 1] as const });
  return encodeOnnxModel({
    name: 'sum',
    inputs: [...numbers.map((name) => column(name, 'FLOAT')), ...texts.map((name) => column(name, 'STRING'))],
    outputs: [column('y', 'FLOAT'), ...texts.map((name) => column(`${name}_again`, 'STRING'))],
    constants: [],
    metadata: {},
    nodes: [
      { operator: 'Add', inputs: numbers.slice(0, 2), outputs: ['y'] },
      ...texts.map((name) => ({ operator: 'Identity', inputs: [name], outputs: [`${name}_again`] })),
    ],
  });
};

/** Its weeks as the running platform judges them: registered with the training set as baseline, and asked every row on the day of its own. */
async function watchWeeks(stream: Stream): Promise<readonly WindowSummary[]> {
  const { service, numbers, texts, rowsPerDay } = stream;
  const rows = readRows(stream.file);
  const first = stream.first(rows);
  const names = [...numbers, ...texts];
  const folder = mkdtempSync(join(tmpdir(), `keelson-${service}-`));
  let platform: Platform | undefined;
  try {
    const assembly = await synthesize({
      services: { [service]: { capture: {}, monitor: { windowMinutes: 24 * 60, alarms: { off: ['no-data'] } } } },
    });
    platform = await startPlatform({ assembly, dataDirectory: join(folder, 'data') });
    const { url, clock, advance } = platform;
    const client = createKeelsonClient({ url });
    await advance(WEEK_MS - ((clock.now() - FIRST_MONDAY_MS) % WEEK_MS) + HOUR_MS);
    const training = [names, ...rows.slice(0, first).map((row) => names.map((name) => row[name]))];
    const { version } = await client.register(service, modelOf(stream), {
      baseline: { source: new TextEncoder().encode(training.map((row) => row.join(',')).join('\n')), format: 'csv' },
    });
    await postJson(`${url}/api/services/${service}/rollouts`, { version });
    for (let day = 0; day < 7 * stream.weeks; day += 1) {
      const asked = rows.slice(first + day * rowsPerDay, first + (day + 1) * rowsPerDay);
      const input = (name: string, datatype: 'FP32' | 'BYTES') => ({
        name,
        datatype,
        shape: [asked.length, 1],
        data: asked.map((row) => (datatype === 'FP32' ? Number(row[name]) : row[name])),
      });
      await postJson(`${url}/v2/models/${service}/infer`, {
        inputs: [...numbers.map((name) => input(name, 'FP32')), ...texts.map((name) => input(name, 'BYTES'))],
      });
      await advance(DAY_MS);
    }
    // What the process held back is delivered with the next request.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await fetch(`${url}/v2/models/${service}/ready`);
    await advance(DAY_MS);
    const { windows } = await client.windows(service, { series: 'week', limit: 200 });
    return windows.toReversed().slice(0, stream.weeks);
  } finally {
    await platform?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const noElec2 = missing('data', 'elec2.csv.gz');
const noBikes =
  process.env['KEELSON_LONG_TESTS'] === '1'
    ? missing('data', 'bike_hourly.csv.gz')
    : 'skipped: a year of days takes minutes; KEELSON_LONG_TESTS=1 runs it';

describe.skipIf(noElec2)(`elec2 by the week from row 13,440, through the platform ${noElec2 ?? ''}`, () => {
  let weeks: readonly WindowSummary[];
  beforeAll(async () => {
    weeks = await watchWeeks({
      service: 'market',
      file: 'elec2.csv.gz',
      numbers: ['nswprice', 'nswdemand', 'vicprice', 'vicdemand', 'transfer', 'day', 'period'],
      texts: [],
      first: () => 13_440,
      rowsPerDay: 48,
      weeks: 14,
    });
  }, 240_000);

  it('loses no row on the way', () => {
    expect(weeks.map(({ rows }) => rows)).toEqual(Array.from({ length: 14 }, () => 336));
  });

  it('is silent for the eleven weeks before Victoria joins the market', () => {
    expect(weeks.slice(0, 11).filter(({ breached }) => breached)).toEqual([]);
  });

  it('is found in the week in which it does, whose last day it is', () => {
    expect(weeks[11]).toMatchObject({ state: 'SUSPECT' });
    const moved = weeks[11]?.moved.map(({ column }) => column);
    expect(moved).toEqual(expect.arrayContaining(['vicprice', 'vicdemand', 'transfer']));
  });

  it('pages a week later, and goes on while it lasts', () => {
    expect(weeks.slice(12).map(({ state }) => state)).toEqual(['DRIFT', 'DRIFT']);
  });
});

describe.skipIf(noBikes)(`weather of bike_hourly in 2012 against 2011, through the platform ${noBikes ?? ''}`, () => {
  it('alarms in at most one of 51 weeks, and never pages', async () => {
    const weeks = await watchWeeks({
      service: 'bikes',
      file: 'bike_hourly.csv.gz',
      numbers: ['temp', 'atemp', 'hum', 'windspeed'],
      texts: ['weathersit'],
      first: (rows) => rows.findIndex(({ dteday }) => dteday?.startsWith('2012')),
      rowsPerDay: 24,
      weeks: 51,
    });
    expect(weeks.map(({ rows }) => rows)).toEqual(Array.from({ length: 51 }, () => 168));
    expect(weeks.filter(({ breached }) => breached).length).toBeLessThanOrEqual(1);
    expect(weeks.filter(({ state }) => state === 'DRIFT')).toEqual([]);
  }, 480_000);
});
