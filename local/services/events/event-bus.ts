import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AgendaSource } from '../../agenda.ts';
import type { Clock } from '../../clock.ts';
import type { DeliveryQueue } from '../delivery/delivery-queue.ts';
import { AwsError } from '../rpc/aws-error.ts';
import { parseScheduleExpression } from '../scheduler/schedule-expression.ts';
import { inTransaction } from '../sqlite.ts';
import { type EventPattern, parseEventPattern } from './event-pattern.ts';
import type { Rule, RuleTable, RuleTarget } from './rule-table.ts';
import { inputFor } from './target-input.ts';

export const DEFAULT_BUS = 'default';

export interface EventEntry {
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources: readonly string[];
  readonly atMs: number;
}

/** One event on its way to one target, as it lies in the queue. */
export interface QueuedEvent {
  readonly input: string;
  readonly retry: RuleTarget['RetryPolicy'];
}

export type RuleDefinition = Omit<Rule, 'createdAtMs' | 'nextAtMs'>;

/** The buses, their rules, and what is due of rules with a schedule. */
export interface EventBuses extends AgendaSource {
  /** @throws ResourceNotFoundException where there is no such bus. @returns the event's id */
  put(entry: EventEntry): string;
  hasBus(name: string): boolean;
  addBus(name: string, origin: Rule['origin']): void;
  busNames(): readonly string[];
  rules(bus: string): readonly Rule[];
  rule(bus: string, name: string): Rule | undefined;
  putRule(definition: RuleDefinition): void;
  removeRule(rule: Rule): void;
  ruleArn(rule: { bus: string; name: string }): string;
}

export function createEventBuses(
  { database, table, queue }: { database: DatabaseSync; table: RuleTable; queue: DeliveryQueue },
  { clock, account, region }: { clock: Clock; account: string; region: string },
): EventBuses {
  const buses = new Set([DEFAULT_BUS, ...table.buses()]);
  const rules = new Map<string, Rule>();
  const patterns = new Map<string, EventPattern>();
  /** Made by a template before, and not named by one since the start. */
  const absent = new Map<string, Rule>();
  const key = ({ bus, name }: { bus: string; name: string }): string => `${bus}/${name}`;
  const ruleArn = ({ bus, name }: { bus: string; name: string }): string =>
    `arn:aws:events:${region}:${account}:rule/${bus === DEFAULT_BUS ? name : `${bus}/${name}`}`;

  const hold = (rule: Rule): void => {
    rules.set(key(rule), rule);
    if (rule.eventPattern === undefined) patterns.delete(key(rule));
    else patterns.set(key(rule), parseEventPattern(rule.eventPattern));
  };
  for (const rule of table.rules()) {
    if (rule.origin === 'template') absent.set(key(rule), rule);
    else hold(rule);
  }

  const store = (rule: Rule): void => {
    hold(rule);
    table.put(rule);
  };

  const envelope = (entry: Omit<EventEntry, 'bus'>, id: string): Record<string, unknown> => ({
    version: '0',
    id,
    'detail-type': entry.detailType,
    source: entry.source,
    account,
    time: `${new Date(entry.atMs).toISOString().slice(0, 19)}Z`,
    region,
    resources: entry.resources,
    detail: entry.detail,
  });

  const send = (rule: Rule, event: Record<string, unknown>, atMs: number): void => {
    for (const target of rule.targets) {
      const input = inputFor(target, { event, ruleArn: ruleArn(rule), ruleName: rule.name, ingestedMs: atMs });
      const payload: QueuedEvent = { input, retry: target.RetryPolicy };
      queue.add({ target: target.Arn, payload, atMs });
    }
  };

  const nextAt = (rule: Pick<Rule, 'scheduleExpression' | 'createdAtMs'>, afterMs: number): number | undefined =>
    rule.scheduleExpression === undefined
      ? undefined
      : parseScheduleExpression(rule.scheduleExpression, 'UTC').next(afterMs, rule.createdAtMs);

  const dueAt = ({ state, nextAtMs }: Rule): number =>
    state === 'ENABLED' && nextAtMs !== undefined ? nextAtMs : Number.POSITIVE_INFINITY;

  const onBus = (bus: string): Rule[] => [...rules.values()].filter((rule) => rule.bus === bus);

  return {
    ruleArn,
    hasBus: (name) => buses.has(name),
    addBus(name, origin) {
      buses.add(name);
      if (origin === 'request') table.addBus(name);
    },
    busNames: () => [...buses],
    rules: onBus,
    rule: (bus, name) => rules.get(key({ bus, name })),
    put({ bus, ...entry }) {
      if (!buses.has(bus)) throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
      const id = randomUUID();
      const event = envelope(entry, id);
      inTransaction(database, () => {
        for (const rule of onBus(bus)) {
          if (rule.state === 'ENABLED' && patterns.get(key(rule))?.(event) === true) send(rule, event, entry.atMs);
        }
      });
      return id;
    },
    putRule(definition) {
      const before = rules.get(key(definition)) ?? absent.get(key(definition));
      absent.delete(key(definition));
      const isSameTiming =
        before?.scheduleExpression === definition.scheduleExpression && before?.state === definition.state;
      const createdAtMs = isSameTiming ? before.createdAtMs : clock.now();
      const next = nextAt({ ...definition, createdAtMs }, createdAtMs);
      store({ ...definition, createdAtMs, nextAtMs: isSameTiming ? before.nextAtMs : next });
    },
    removeRule(rule) {
      rules.delete(key(rule));
      patterns.delete(key(rule));
      table.remove(rule);
    },
    next(untilMs) {
      const first = Math.min(...[...rules.values()].map(dueAt));
      return first <= untilMs ? first : undefined;
    },
    async run(atMs) {
      inTransaction(database, () => {
        for (const rule of [...rules.values()].filter((each) => dueAt(each) <= atMs)) {
          const scheduledMs = dueAt(rule);
          const entry = { source: 'aws.events', detailType: 'Scheduled Event', detail: {}, resources: [ruleArn(rule)] };
          send(rule, envelope({ ...entry, atMs: scheduledMs }, randomUUID()), scheduledMs);
          // What was missed for longer than a day is passed over in one step.
          store({ ...rule, nextAtMs: nextAt(rule, Math.max(scheduledMs, clock.now() - 86_400_000)) });
        }
      });
    },
  };
}
