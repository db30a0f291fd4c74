import type { DatabaseSync } from 'node:sqlite';
import type { AgendaSource } from '../../../agenda.ts';
import type { Clock } from '../../../clock.ts';
import type { DeliveryQueue } from '../../delivery/delivery-queue.ts';
import { inTransaction } from '../../sqlite.ts';
import type { ReadPoints } from '../math/evaluate-queries.ts';
import { alarmPlan } from './alarm-plan.ts';
import type { CompositeAlarmProperties, MetricAlarmProperties } from './alarm-properties.ts';
import { parseAlarmRule } from './alarm-rule.ts';
import type { Alarm, AlarmTable, MetricAlarm } from './alarm-table.ts';
import type { StateChange } from './evaluate-alarm.ts';
import { type FoundChange, findChange } from './find-change.ts';
import type { AlarmState } from './judge.ts';
import { alarmArn, eventDetail, functionPayload, type Place, topicMessage } from './notices.ts';

/** What the queue of actions carries: an event for the default bus, or what an action of an alarm is told. */
export const EVENT_TARGET = 'event';

export type AlarmDefinition =
  | { readonly kind: 'MetricAlarm'; readonly properties: MetricAlarmProperties }
  | { readonly kind: 'CompositeAlarm'; readonly properties: CompositeAlarmProperties };

/** All alarms, and what changes their states. */
export interface AlarmWatch extends AgendaSource {
  /** Those of templates once their template has named them, those of requests always. */
  list(): readonly Alarm[];
  find(name: string): Alarm | undefined;
  put(definition: AlarmDefinition, origin: Alarm['origin']): void;
  remove(name: string): void;
  /** As SetAlarmState: until the next evaluation. */
  setState(alarm: Alarm, change: StateChange): void;
  /** Writes how far every alarm was evaluated. */
  save(): void;
}

const SAVE_EVERY_MS = 600_000;

export interface AlarmWatchDependencies {
  readonly database: DatabaseSync;
  readonly table: AlarmTable;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
  readonly read: ReadPoints;
  readonly place: Place;
}

export function createAlarmWatch({ database, table, queue, clock, read, place }: AlarmWatchDependencies): AlarmWatch {
  const alarms = new Map<string, Alarm>();
  /** Made by a template before, and not named by one since the start: they come back as they were when one does. */
  const absent = new Map<string, Alarm>();
  for (const alarm of table.all()) (alarm.origin === 'template' ? absent : alarms).set(alarm.name, alarm);
  let due: { atMs: number; changes: readonly { name: string; change: StateChange }[] } | undefined;
  let savedAtMs = clock.now();

  const stateOf = (nameOrArn: string): AlarmState | undefined =>
    alarms.get(nameOrArn.startsWith('arn:') ? (nameOrArn.split(':alarm:')[1] ?? '') : nameOrArn)?.state;

  const store = (alarm: Alarm): void => {
    alarms.set(alarm.name, alarm);
    table.put(alarm);
  };

  /** State, history and what must be told of it, all or nothing: that is what makes each change happen once. */
  const apply = (alarm: Alarm, change: StateChange, atMs: number): void => {
    const changed: Alarm = { ...alarm, ...change, stateAtMs: atMs, transitionedAtMs: atMs };
    store(changed);
    const data = { version: '1.0', oldState: historyState(alarm), newState: historyState(changed) };
    const summary = `Alarm updated from ${alarm.state} to ${change.state}`;
    table.addHistory({ alarm: alarm.name, kind: alarm.kind, type: 'StateUpdate', summary, data, atMs });
    queue.add({
      target: EVENT_TARGET,
      payload: { resources: [alarmArn(alarm.name, place)], detail: eventDetail(changed, alarm) },
      atMs,
    });
    if (!changed.properties.ActionsEnabled) return;
    for (const action of actionsOf(changed)) {
      const isFunction = action.startsWith('arn:aws:lambda:');
      const payload = isFunction ? functionPayload(changed, alarm, place) : topicMessage(changed, alarm, place);
      queue.add({ target: action, payload, atMs });
      const told = { actionState: 'InProgress', notificationResource: action, stateUpdateTimestamp: atMs };
      const line = `In progress of executing action ${action}`;
      table.addHistory({ alarm: alarm.name, kind: alarm.kind, type: 'Action', summary: line, data: told, atMs });
    }
  };

  /** Until none changes any more: one composite alarm may depend on another. */
  const applyComposites = (atMs: number): void => {
    for (let rounds = alarms.size, hasChanged = true; hasChanged && rounds > 0; rounds -= 1) {
      hasChanged = false;
      for (const alarm of [...alarms.values()]) {
        if (alarm.kind !== 'CompositeAlarm') continue;
        const state: AlarmState = parseAlarmRule(alarm.properties.AlarmRule)(stateOf) ? 'ALARM' : 'OK';
        if (state === alarm.state) continue;
        hasChanged = true;
        const reason = `The alarm rule evaluated to ${state === 'ALARM' ? 'true' : 'false'}: ${alarm.properties.AlarmRule}`;
        apply(alarm, { state, reason, reasonData: undefined }, atMs);
      }
    }
  };

  const evaluated = (alarm: Alarm, untilMs: number): void => {
    alarms.set(alarm.name, { ...alarm, evaluatedUntilMs: Math.max(alarm.evaluatedUntilMs, untilMs) });
  };

  const save = (): void => {
    savedAtMs = clock.now();
    inTransaction(database, () => {
      for (const { name, evaluatedUntilMs } of alarms.values()) table.evaluated(name, evaluatedUntilMs);
    });
  };

  return {
    list: () => [...alarms.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    find: (name) => alarms.get(name),
    put(definition, origin) {
      const { properties, kind } = definition;
      if (kind === 'MetricAlarm') alarmPlan(properties);
      else parseAlarmRule(properties.AlarmRule);
      const name = properties.AlarmName;
      const before = alarms.get(name) ?? absent.get(name);
      const atMs = clock.now();
      absent.delete(name);
      if (before === undefined) {
        inTransaction(database, () => {
          store(newAlarm(definition, origin, atMs));
          addConfiguration(table, definition, { created: true, atMs });
          if (kind === 'CompositeAlarm') applyComposites(atMs);
        });
      } else if (before.kind === kind && JSON.stringify(before.properties) === JSON.stringify(properties)) {
        store({ ...before, origin });
      } else {
        inTransaction(database, () => {
          store({ ...before, ...definition, origin, configuredAtMs: atMs } as Alarm);
          addConfiguration(table, definition, { created: false, atMs });
          applyComposites(atMs);
        });
      }
    },
    remove(name) {
      alarms.delete(name);
      table.remove(name);
    },
    setState(alarm, change) {
      const atMs = clock.now();
      inTransaction(database, () => {
        if (change.state === alarm.state) store({ ...alarm, ...change, stateAtMs: atMs });
        else apply({ ...alarm, evaluatedUntilMs: Math.max(alarm.evaluatedUntilMs, atMs) }, change, atMs);
        applyComposites(atMs);
      });
    },
    next(untilMs) {
      let first: FoundChange | undefined;
      let changes: { name: string; change: StateChange }[] = [];
      const metricAlarms = [...alarms.values()].filter((alarm): alarm is MetricAlarm => alarm.kind === 'MetricAlarm');
      for (const alarm of metricAlarms) {
        const found = findChange(alarm, first?.atMs ?? untilMs, read);
        if (found === undefined) continue;
        if (first === undefined || found.atMs < first.atMs) changes = [];
        changes.push({ name: alarm.name, change: found.change });
        first = found;
      }
      const changing = new Set(changes.map(({ name }) => name));
      const doneMs = first === undefined ? untilMs : first.atMs;
      // One that changes is evaluated at that moment again, should the change not come to be applied.
      for (const alarm of metricAlarms) evaluated(alarm, changing.has(alarm.name) ? doneMs - 1 : doneMs);
      due = first === undefined ? undefined : { atMs: first.atMs, changes };
      if (clock.now() - savedAtMs > SAVE_EVERY_MS) save();
      return first?.atMs;
    },
    async run(atMs) {
      const { changes = [] } = due?.atMs === atMs ? due : {};
      due = undefined;
      inTransaction(database, () => {
        for (const { name, change } of changes) {
          const alarm = alarms.get(name);
          if (alarm !== undefined) apply({ ...alarm, evaluatedUntilMs: atMs }, change, atMs);
        }
        applyComposites(atMs);
      });
    },
    save,
  };
}

const newAlarm = (definition: AlarmDefinition, origin: Alarm['origin'], atMs: number): Alarm => ({
  ...definition,
  name: definition.properties.AlarmName,
  origin,
  configuredAtMs: atMs,
  state: 'INSUFFICIENT_DATA',
  reason: 'Unchecked: Initial alarm creation',
  reasonData: undefined,
  stateAtMs: atMs,
  transitionedAtMs: atMs,
  evaluatedUntilMs: atMs,
});

function addConfiguration(
  table: AlarmTable,
  { kind, properties }: AlarmDefinition,
  { created, atMs }: { created: boolean; atMs: number },
): void {
  const alarm = properties.AlarmName;
  const summary = `Alarm "${alarm}" ${created ? 'created' : 'updated'}`;
  const data = { version: '1.0', type: created ? 'Create' : 'Update', createdAlarm: properties };
  table.addHistory({ alarm, kind, type: 'ConfigurationUpdate', summary, data, atMs });
}

const historyState = ({ state, reason, reasonData }: Alarm) => ({
  stateValue: state,
  stateReason: reason,
  ...(reasonData === undefined ? {} : { stateReasonData: reasonData }),
});

function actionsOf({ state, properties }: Alarm): readonly string[] {
  if (state === 'ALARM') return properties.AlarmActions;
  return state === 'OK' ? properties.OKActions : properties.InsufficientDataActions;
}
