import type { DatabaseSync } from 'node:sqlite';

export const MACHINE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS machines (
    arn TEXT PRIMARY KEY, name TEXT NOT NULL, definition TEXT NOT NULL, role_arn TEXT NOT NULL, created_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  /** JSON text. */
  readonly definition: string;
  readonly roleArn: string;
  readonly createdMs: number;
}

export interface MachineTable {
  find(arn: string): StateMachine | undefined;
  /** Those that a template has named since the start, by name. */
  list(): StateMachine[];
  put(machine: StateMachine): void;
}

type Row = Readonly<Record<string, string | number>>;

export function createMachineTable(database: DatabaseSync): MachineTable {
  database.exec(MACHINE_SCHEMA);
  const find = database.prepare('SELECT * FROM machines WHERE arn = ?');
  const put = database.prepare('INSERT OR REPLACE INTO machines VALUES (?, ?, ?, ?, ?)');
  const named = new Map<string, StateMachine>();
  return {
    find: (arn) => named.get(arn),
    list: () => [...named.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    put(machine) {
      const before = find.get(machine.arn) as Row | undefined;
      const createdMs = before === undefined ? Math.floor(machine.createdMs) : Number(before['created_at_ms']);
      put.run(machine.arn, machine.name, machine.definition, machine.roleArn, createdMs);
      named.set(machine.arn, { ...machine, createdMs });
    },
  };
}
