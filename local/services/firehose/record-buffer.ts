import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, openSqlite } from '../sqlite.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS firehose_records (
    id INTEGER PRIMARY KEY, stream TEXT NOT NULL, data BLOB NOT NULL, arrived_at_ms INTEGER NOT NULL, object_key TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS firehose_records_stream ON firehose_records (stream, id);
  CREATE INDEX IF NOT EXISTS firehose_records_named ON firehose_records (object_key) WHERE object_key IS NOT NULL;
`;

/** Records that become one object. */
export interface Delivery {
  readonly stream: string;
  readonly key: string;
  readonly body: Buffer;
}

interface Waiting {
  readonly oldestMs: number;
  readonly bytes: number;
}

/** Records between their arrival and their delivery, on disk. */
export interface RecordBuffer {
  /** All or none. */
  add(stream: string, records: readonly Uint8Array[], arrivedAtMs: number): void;
  /** When the oldest record of a stream that no object was named for came, and the bytes of all of these. */
  waiting(stream: string): Waiting | undefined;
  /**
   * Names an object for the oldest records, those within `intervalMs` of the first and `limitBytes` together. Named first and written then, so
   * that a killed process writes the same object again instead of a second one.
   */
  name(stream: string, limits: { intervalMs: number; limitBytes: number }, key: (oldestMs: number) => string): void;
  /** Objects that were named and perhaps not written. */
  named(): Delivery[];
  remove(key: string): void;
  close(): void;
}

export function openRecordBuffer(directory: string): RecordBuffer {
  const database = openSqlite(directory, 'firehose.sqlite', SCHEMA);
  const insert = database.prepare('INSERT INTO firehose_records (stream, data, arrived_at_ms) VALUES (?, ?, ?)');
  const waiting = database.prepare(
    'SELECT min(arrived_at_ms) AS oldestMs, sum(length(data)) AS bytes FROM firehose_records WHERE stream = ? AND object_key IS NULL',
  );
  const remove = database.prepare('DELETE FROM firehose_records WHERE object_key = ?');
  // Asked after every put and several times a second: to add it up in the table each time took half of the platform's time.
  const known = new Map<string, Waiting | undefined>();
  const count = (stream: string): Waiting | undefined => {
    const row = waiting.get(stream) as { oldestMs: number | null; bytes: number | null };
    return row.oldestMs === null ? undefined : { oldestMs: row.oldestMs, bytes: row.bytes ?? 0 };
  };
  const waitingOf = (stream: string): Waiting | undefined => {
    if (!known.has(stream)) known.set(stream, count(stream));
    return known.get(stream);
  };
  return {
    add(stream, records, arrivedAtMs) {
      const before = waitingOf(stream);
      const arrivedMs = Math.floor(arrivedAtMs);
      inTransaction(database, () => {
        for (const data of records) insert.run(stream, data, arrivedMs);
      });
      const bytes = records.reduce((sum, { length }) => sum + length, before?.bytes ?? 0);
      known.set(stream, { oldestMs: Math.min(before?.oldestMs ?? arrivedMs, arrivedMs), bytes });
    },
    waiting: waitingOf,
    name(stream, limits, key) {
      nameOldest(database, stream, { ...limits, key });
      known.delete(stream);
    },
    named: () => namedDeliveries(database),
    remove: (key) => void remove.run(key),
    close: () => database.close(),
  };
}

function nameOldest(
  database: DatabaseSync,
  stream: string,
  { intervalMs, limitBytes, key }: { intervalMs: number; limitBytes: number; key: (oldestMs: number) => string },
): void {
  const rows = database
    .prepare(
      'SELECT id, arrived_at_ms AS arrivedMs, length(data) AS bytes FROM firehose_records WHERE stream = ? AND object_key IS NULL ORDER BY id',
    )
    .all(stream) as unknown as { id: number; arrivedMs: number; bytes: number }[];
  const [first] = rows;
  if (first === undefined) return;
  let bytes = 0;
  let last = first.id;
  for (const row of rows) {
    bytes += row.bytes;
    if (row.id !== first.id && (bytes > limitBytes || row.arrivedMs > first.arrivedMs + intervalMs)) break;
    last = row.id;
  }
  database
    .prepare('UPDATE firehose_records SET object_key = ? WHERE stream = ? AND object_key IS NULL AND id <= ?')
    .run(key(first.arrivedMs), stream, last);
}

function namedDeliveries(database: DatabaseSync): Delivery[] {
  const rows = database
    .prepare('SELECT stream, object_key AS key, data FROM firehose_records WHERE object_key IS NOT NULL ORDER BY id')
    .all() as unknown as { stream: string; key: string; data: Uint8Array }[];
  const byKey = Map.groupBy(rows, ({ key }) => key);
  return [...byKey].map(([key, parts]) => ({
    stream: parts[0]?.stream ?? '',
    key,
    body: Buffer.concat(parts.map(({ data }) => data)),
  }));
}
