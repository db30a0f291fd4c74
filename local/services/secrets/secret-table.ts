import type { DatabaseSync } from 'node:sqlite';

export const SECRET_SCHEMA = `
  CREATE TABLE IF NOT EXISTS secrets (
    arn TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL, value TEXT, version TEXT, created_at_ms INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  /** Undefined until somebody has put one. */
  readonly value: string | undefined;
  readonly version: string | undefined;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

export interface SecretTable {
  /** By name or ARN. */
  find(id: string): Secret | undefined;
  put(secret: Secret): void;
}

interface Row {
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  readonly value: string | null;
  readonly version: string | null;
  readonly created_at_ms: number;
  readonly changed_at_ms: number;
}

export function createSecretTable(database: DatabaseSync): SecretTable {
  const find = database.prepare('SELECT * FROM secrets WHERE name = ? OR arn = ?');
  const put = database.prepare('INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?, ?, ?, ?)');
  return {
    find(id) {
      const row = find.get(id, id) as unknown as Row | undefined;
      if (row === undefined) return undefined;
      const { arn, name, description, value, version } = row;
      const times = { createdAtMs: row.created_at_ms, changedAtMs: row.changed_at_ms };
      return { arn, name, description, value: value ?? undefined, version: version ?? undefined, ...times };
    },
    put({ arn, name, description, value, version, createdAtMs, changedAtMs }) {
      const times = [createdAtMs, changedAtMs].map(Math.floor);
      put.run(arn, name, description, value ?? null, version ?? null, ...times);
    },
  };
}
