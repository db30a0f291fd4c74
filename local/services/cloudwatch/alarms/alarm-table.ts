import type { DatabaseSync } from 'node:sqlite';
import type { CompositeAlarmProperties, MetricAlarmProperties } from './alarm-properties.ts';
import type { AlarmState } from './judge.ts';

export const ALARM_SCHEMA = `
  CREATE TABLE IF NOT EXISTS alarms (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, origin TEXT NOT NULL, properties TEXT NOT NULL, configured_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL, reason_data TEXT, state_at_ms INTEGER NOT NULL, transitioned_at_ms INTEGER NOT NULL,
    evaluated_until_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS alarm_history (
    id INTEGER PRIMARY KEY, alarm TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS alarm_history_alarm ON alarm_history (alarm, at_ms);
`;

interface Stored {
  readonly name: string;
  /** Who made it: a template, which must name it again at the next start, or a request. */
  readonly origin: 'template' | 'request';
  readonly configuredAtMs: number;
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData: Readonly<Record<string, unknown>> | undefined;
  readonly stateAtMs: number;
  /** When its state was last another one; `stateAtMs` moves with a reason too. */
  readonly transitionedAtMs: number;
  readonly evaluatedUntilMs: number;
}

export type MetricAlarm = Stored & { readonly kind: 'MetricAlarm'; readonly properties: MetricAlarmProperties };
export type CompositeAlarm = Stored & {
  readonly kind: 'CompositeAlarm';
  readonly properties: CompositeAlarmProperties;
};
export type Alarm = MetricAlarm | CompositeAlarm;

export type HistoryType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action';

export interface HistoryItem {
  readonly alarm: string;
  readonly kind: Alarm['kind'];
  readonly type: HistoryType;
  readonly summary: string;
  readonly data: unknown;
  readonly atMs: number;
}

export interface AlarmTable {
  all(): Alarm[];
  put(alarm: Alarm): void;
  evaluated(name: string, untilMs: number): void;
  remove(name: string): void;
  addHistory(item: HistoryItem): void;
  history(filter: {
    alarm?: string | undefined;
    type?: HistoryType | undefined;
    fromMs: number;
    untilMs: number;
  }): HistoryItem[];
}

type Row = Readonly<Record<string, string | number | null>>;

export function createAlarmTable(database: DatabaseSync): AlarmTable {
  const all = database.prepare('SELECT * FROM alarms ORDER BY name');
  const put = database.prepare(`INSERT OR REPLACE INTO alarms VALUES (${Array(11).fill('?').join(', ')})`);
  const evaluated = database.prepare('UPDATE alarms SET evaluated_until_ms = ? WHERE name = ?');
  const remove = database.prepare('DELETE FROM alarms WHERE name = ?');
  const add = database.prepare(
    'INSERT INTO alarm_history (alarm, kind, type, summary, data, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const history = database.prepare(`
    SELECT * FROM alarm_history WHERE alarm = coalesce(?, alarm) AND type = coalesce(?, type) AND at_ms >= ? AND at_ms <= ?
    ORDER BY at_ms DESC, id DESC`);
  return {
    all: () => (all.all() as Row[]).map(alarmOf),
    put(alarm) {
      const data = alarm.reasonData === undefined ? null : JSON.stringify(alarm.reasonData);
      const { name, kind, origin, state, reason } = alarm;
      const times = [alarm.stateAtMs, alarm.transitionedAtMs, alarm.evaluatedUntilMs].map(Math.floor);
      const [configuredMs, properties] = [Math.floor(alarm.configuredAtMs), JSON.stringify(alarm.properties)];
      put.run(name, kind, origin, properties, configuredMs, state, reason, data, ...times);
    },
    evaluated: (name, untilMs) => void evaluated.run(Math.floor(untilMs), name),
    remove: (name) => void remove.run(name),
    addHistory: ({ alarm, kind, type, summary, data, atMs }) =>
      void add.run(alarm, kind, type, summary, JSON.stringify(data), Math.floor(atMs)),
    history: ({ alarm, type, fromMs, untilMs }) =>
      (history.all(alarm ?? null, type ?? null, fromMs, untilMs) as Row[]).map((row) => ({
        alarm: String(row['alarm']),
        kind: row['kind'] as Alarm['kind'],
        type: row['type'] as HistoryType,
        summary: String(row['summary']),
        data: JSON.parse(String(row['data'])),
        atMs: Number(row['at_ms']),
      })),
  };
}

const alarmOf = (row: Row): Alarm =>
  ({
    name: String(row['name']),
    kind: row['kind'],
    origin: row['origin'],
    properties: JSON.parse(String(row['properties'])),
    configuredAtMs: Number(row['configured_at_ms']),
    state: row['state'],
    reason: String(row['reason']),
    reasonData: row['reason_data'] === null ? undefined : JSON.parse(String(row['reason_data'])),
    stateAtMs: Number(row['state_at_ms']),
    transitionedAtMs: Number(row['transitioned_at_ms']),
    evaluatedUntilMs: Number(row['evaluated_until_ms']),
  }) as Alarm;
