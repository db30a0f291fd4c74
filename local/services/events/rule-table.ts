import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { TargetInput } from './target-input.ts';

const number = () => z.coerce.number();

export const RuleTarget = z.strictObject({
  Arn: z.string().startsWith('arn:'),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
  Id: z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/),
  ...TargetInput,
  RetryPolicy: z
    .strictObject({
      MaximumEventAgeInSeconds: number().pipe(z.number().int().min(60).max(86_400)).default(86_400),
      MaximumRetryAttempts: number().pipe(z.number().int().min(0).max(185)).default(185),
    })
    .prefault({}),
  RoleArn: z.string().optional(),
});
export type RuleTarget = z.infer<typeof RuleTarget>;

export interface Rule {
  readonly bus: string;
  readonly name: string;
  readonly origin: 'template' | 'request';
  readonly description: string | undefined;
  readonly eventPattern: string | undefined;
  readonly scheduleExpression: string | undefined;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly targets: readonly RuleTarget[];
  readonly createdAtMs: number;
  /** When it is due next, of a rule with a schedule. */
  readonly nextAtMs: number | undefined;
}

export const RULE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS rules (bus TEXT, name TEXT, rule TEXT NOT NULL, PRIMARY KEY (bus, name)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS buses (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** Rules and the buses that requests made, on disk. */
export interface RuleTable {
  rules(): Rule[];
  put(rule: Rule): void;
  remove(rule: Rule): void;
  buses(): string[];
  addBus(name: string): void;
}

export function createRuleTable(database: DatabaseSync): RuleTable {
  const rules = database.prepare('SELECT rule FROM rules');
  const put = database.prepare('INSERT OR REPLACE INTO rules VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM rules WHERE bus = ? AND name = ?');
  const buses = database.prepare('SELECT name FROM buses');
  const addBus = database.prepare('INSERT OR IGNORE INTO buses VALUES (?)');
  return {
    rules: () => (rules.all() as { rule: string }[]).map(({ rule }) => JSON.parse(rule) as Rule),
    put: (rule) => void put.run(rule.bus, rule.name, JSON.stringify(rule)),
    remove: ({ bus, name }) => void remove.run(bus, name),
    buses: () => (buses.all() as { name: string }[]).map(({ name }) => name),
    addBus: (name) => void addBus.run(name),
  };
}
