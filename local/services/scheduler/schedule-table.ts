import type { DatabaseSync } from 'node:sqlite';
import type { ScheduleProperties } from './schedule-properties.ts';

export const SCHEDULE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS schedules (
    arn TEXT PRIMARY KEY, name TEXT NOT NULL, origin TEXT NOT NULL, properties TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL, next_at_ms INTEGER
  ) STRICT, WITHOUT ROWID;
`;

export interface Schedule {
  readonly arn: string;
  readonly name: string;
  /** Who made it: a template, which must name it again at the next start, or a request. */
  readonly origin: 'template' | 'request';
  readonly properties: ScheduleProperties;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** When it is due next; undefined for one that is over. */
  readonly nextAtMs: number | undefined;
}

export interface ScheduleTable {
  all(): Schedule[];
  put(schedule: Schedule): void;
  remove(arn: string): void;
}

type Row = Readonly<Record<string, string | number | null>>;

export function createScheduleTable(database: DatabaseSync): ScheduleTable {
  const all = database.prepare('SELECT * FROM schedules ORDER BY arn');
  const put = database.prepare('INSERT OR REPLACE INTO schedules VALUES (?, ?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM schedules WHERE arn = ?');
  return {
    all: () =>
      (all.all() as Row[]).map((row) => ({
        arn: String(row['arn']),
        name: String(row['name']),
        origin: row['origin'] as Schedule['origin'],
        properties: JSON.parse(String(row['properties'])) as ScheduleProperties,
        createdAtMs: Number(row['created_at_ms']),
        changedAtMs: Number(row['changed_at_ms']),
        nextAtMs: row['next_at_ms'] === null ? undefined : Number(row['next_at_ms']),
      })),
    put({ arn, name, origin, properties, createdAtMs, changedAtMs, nextAtMs }) {
      const times = [createdAtMs, changedAtMs].map(Math.floor);
      put.run(
        arn,
        name,
        origin,
        JSON.stringify(properties),
        ...times,
        nextAtMs === undefined ? null : Math.floor(nextAtMs),
      );
    },
    remove: (arn) => void remove.run(arn),
  };
}
