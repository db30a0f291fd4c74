import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../sqlite.ts';
import { type Collector, createCollector, type Distribution, merge } from './distribution.ts';
import type { Dimension, Metric, Unit } from './metric.ts';

export const METRIC_SCHEMA = `
  CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL, unit TEXT NOT NULL,
    last_s INTEGER NOT NULL, UNIQUE (namespace, name, dimensions, unit)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS metric_points (
    metric_id INTEGER NOT NULL, at_s INTEGER NOT NULL, count REAL NOT NULL, sum REAL NOT NULL, min REAL NOT NULL,
    max REAL NOT NULL, value_counts TEXT, PRIMARY KEY (metric_id, at_s)
  ) STRICT, WITHOUT ROWID;
`;

/** What came within one minute, or one second of a metric of high resolution. */
export interface Point {
  readonly atMs: number;
  readonly unit: Unit;
  readonly distribution: Distribution;
}

export interface Datum {
  readonly metric: Metric;
  readonly unit: Unit;
  readonly atMs: number;
  readonly resolutionS: 1 | 60;
  readonly distribution: Distribution;
}

/** A metric that takes a value with every request: what came within a minute is gathered in memory. */
export interface Series {
  record(value: number, atMs: number): void;
}

export interface MetricStore {
  /** On disk when it returns. */
  put(data: readonly Datum[]): void;
  /** Kept in memory until the next `flush`. */
  collect(datum: Datum): void;
  series(metric: Metric, unit: Unit): Series;
  /** Everything gathered so far to disk. */
  flush(): void;
  /** From `fromMs` on, before `untilMs`, oldest first; those of all units where none is given. */
  read(metric: Metric, range: { fromMs: number; untilMs: number; unit?: Unit | undefined }): readonly Point[];
  list(filter: MetricFilter): readonly Metric[];
  /** Forgets what is older. */
  expire(beforeMs: number): void;
}

export interface MetricFilter {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly dimensions?: readonly { readonly Name: string; readonly Value?: string | undefined }[] | undefined;
  /** Only what had a point since. */
  readonly sinceMs?: number | undefined;
}

const MINUTE_MS = 60_000;

interface OpenBucket {
  readonly metric: Metric;
  readonly unit: Unit;
  readonly atS: number;
  parts: Distribution[];
}

/** Metrics in SQLite: a row for each minute of each metric. */
export function createMetricStore(database: DatabaseSync): MetricStore {
  const statements = prepare(database);
  const waiting = new Map<string, OpenBucket>();
  const series: (() => void)[] = [];

  const collect = ({ metric, unit, atMs, resolutionS, distribution }: Datum): void => {
    const atS = Math.floor(atMs / 1000 / resolutionS) * resolutionS;
    const key = JSON.stringify([metric.namespace, metric.name, metric.dimensions, unit, atS]);
    const bucket = waiting.get(key);
    if (bucket === undefined) waiting.set(key, { metric, unit, atS, parts: [distribution] });
    else bucket.parts.push(distribution);
  };

  const flush = (): void => {
    for (const take of series) take();
    if (waiting.size === 0) return;
    inTransaction(database, () => {
      for (const bucket of waiting.values()) statements.write(bucket);
    });
    waiting.clear();
  };

  return {
    collect,
    flush,
    put(data) {
      for (const datum of data) collect(datum);
      flush();
    },
    series(metric, unit) {
      const open = openSeries((atMs, distribution) => collect({ metric, unit, atMs, resolutionS: 60, distribution }));
      series.push(open.take);
      return open;
    },
    read(metric, range) {
      flush();
      return statements.read(metric, range);
    },
    list(filter) {
      flush();
      return statements.list(filter);
    },
    expire: (beforeMs) => statements.expire(beforeMs),
  };
}

function openSeries(give: (atMs: number, distribution: Distribution) => void): Series & { take(): void } {
  let minute = Number.NaN;
  let collector: Collector | undefined;
  const take = (): void => {
    if (collector !== undefined) give(minute * MINUTE_MS, collector.take());
    collector = undefined;
  };
  return {
    take,
    record(value, atMs) {
      const current = Math.floor(atMs / MINUTE_MS);
      if (collector === undefined || current !== minute) {
        take();
        minute = current;
        collector = createCollector();
      }
      collector.add(value);
    },
  };
}

interface Row {
  readonly at_s: number;
  readonly unit: Unit;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly value_counts: string | null;
}

function prepare(database: DatabaseSync) {
  const know = database.prepare(`
    INSERT INTO metrics (namespace, name, dimensions, unit, last_s) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET last_s = max(last_s, excluded.last_s) RETURNING id`);
  const find = database.prepare('SELECT * FROM metric_points WHERE metric_id = ? AND at_s = ?');
  const put = database.prepare('INSERT OR REPLACE INTO metric_points VALUES (?, ?, ?, ?, ?, ?, ?)');
  const read = database.prepare(`
    SELECT at_s, unit, count, sum, min, max, value_counts FROM metrics JOIN metric_points ON metric_id = id
    WHERE namespace = ? AND name = ? AND dimensions = ? AND at_s >= ? AND at_s < ? ORDER BY at_s, unit`);
  const list = database.prepare(`
    SELECT DISTINCT namespace, name, dimensions FROM metrics
    WHERE namespace = coalesce(?, namespace) AND name = coalesce(?, name) AND last_s >= ? ORDER BY 1, 2, 3`);
  const expire = database.prepare('DELETE FROM metric_points WHERE at_s < ?');
  const forget = database.prepare('DELETE FROM metrics WHERE last_s < ?');

  return {
    write({ metric, unit, atS, parts }: OpenBucket): void {
      const dimensions = JSON.stringify(metric.dimensions);
      const { id } = know.get(metric.namespace, metric.name, dimensions, unit, atS) as { id: number };
      const row = find.get(id, atS) as Row | undefined;
      const { count, sum, min, max, values } = merge(row === undefined ? parts : [distributionOf(row), ...parts]);
      put.run(id, atS, count, sum, min, max, values === undefined ? null : JSON.stringify([...values]));
    },
    read(
      metric: Metric,
      { fromMs, untilMs, unit }: { fromMs: number; untilMs: number; unit?: Unit | undefined },
    ): Point[] {
      const dimensions = JSON.stringify(metric.dimensions);
      const [fromS, untilS] = [Math.ceil(fromMs / 1000), Math.ceil(untilMs / 1000)];
      const rows = read.all(metric.namespace, metric.name, dimensions, fromS, untilS) as unknown as Row[];
      return rows
        .filter((row) => unit === undefined || row.unit === unit)
        .map((row) => ({ atMs: row.at_s * 1000, unit: row.unit, distribution: distributionOf(row) }));
    },
    list({ namespace, name, dimensions = [], sinceMs = Number.NEGATIVE_INFINITY }: MetricFilter): Metric[] {
      const sinceS = Math.max(0, Math.floor(sinceMs / 1000));
      const rows = list.all(namespace ?? null, name ?? null, sinceS) as {
        namespace: string;
        name: string;
        dimensions: string;
      }[];
      return rows
        .map((row) => ({ ...row, dimensions: JSON.parse(row.dimensions) as Dimension[] }))
        .filter((metric) =>
          dimensions.every(({ Name, Value }) =>
            metric.dimensions.some((own) => own.Name === Name && (Value === undefined || own.Value === Value)),
          ),
        );
    },
    expire(beforeMs: number): void {
      expire.run(Math.floor(beforeMs / 1000));
      forget.run(Math.floor(beforeMs / 1000));
    },
  };
}

/** The values are read when a percentile asks for them: most statistics need the sums only. */
function distributionOf({ count, sum, min, max, value_counts }: Row): Distribution {
  let values: ReadonlyMap<number, number> | undefined;
  return {
    count,
    sum,
    min,
    max,
    get values() {
      if (value_counts !== null) values ??= new Map(JSON.parse(value_counts) as [number, number][]);
      return values;
    },
  };
}
