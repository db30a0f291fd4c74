import type { AgendaSource } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import { createDeliveryQueue, type DeadLetter } from './delivery/delivery-queue.ts';
import { withinPolicy } from './delivery/retry-policy.ts';
import type { Targets } from './delivery/targets.ts';
import { checkRule } from './events/check-rule.ts';
import { createEventBuses, type EventEntry, type QueuedEvent, type RuleDefinition } from './events/event-bus.ts';
import { eventOperations } from './events/operations.ts';
import { createRuleTable, RULE_SCHEMA } from './events/rule-table.ts';
import { createRpcHandler } from './rpc/rpc-handler.ts';
import type { LocalService } from './service.ts';
import { openSqlite } from './sqlite.ts';

export interface EventBridgeService extends LocalService {
  readonly sources: readonly AgendaSource[];
  /** @returns the bus's ARN */
  addBus(name: string): string;
  /** @throws AwsError for what EventBridge refuses, and for a target that is not there. @returns the rule's ARN */
  putRule(rule: Omit<RuleDefinition, 'origin'>): string;
  /** An event of AWS itself, such as CloudWatch's. */
  putEvent(entry: EventEntry): void;
  deadLetters(): DeadLetter[];
}

/** EventBridge on one machine: what was taken is on disk until each target of each matching rule has it, or all tries failed. */
export function createEventBridgeService({
  directory,
  clock,
  account,
  region,
  targets,
}: {
  directory: string;
  clock: Clock;
  account: string;
  region: string;
  targets: Targets;
}): EventBridgeService {
  const database = openSqlite(directory, 'events.sqlite', RULE_SCHEMA);
  const queue = createDeliveryQueue(
    database,
    async ({ id, target, payload, attempt, createdMs }) => {
      const { input, retry } = JSON.parse(payload) as QueuedEvent;
      const outcome = await targets.deliver({ id, arn: target, payload: input, attempt });
      return withinPolicy(outcome, retry, { attempt, ageMs: clock.now() - createdMs });
    },
    clock.now,
  );
  const table = createRuleTable(database);
  const buses = createEventBuses({ database, table, queue }, { clock, account, region });
  const busArn = (bus: string): string => `arn:aws:events:${region}:${account}:event-bus/${bus}`;
  const refusal = (arn: string) => targets.refusal(arn);

  return {
    endpointId: 'EVENTBRIDGE',
    handle: createRpcHandler('EventBridge', eventOperations(buses, { now: clock.now, refusal, busArn })),
    sources: [queue, buses],
    addBus(name) {
      buses.addBus(name, 'template');
      return busArn(name);
    },
    putRule(rule) {
      checkRule(rule, refusal);
      buses.putRule({ ...rule, origin: 'template' });
      return buses.ruleArn(rule);
    },
    putEvent: (entry) => void buses.put(entry),
    deadLetters: () => queue.deadLetters(),
    close: () => database.close(),
  };
}
