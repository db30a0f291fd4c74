import * as z from 'zod';
import { AwsError } from '../rpc/aws-error.ts';
import { defineOperation, type Operation, timestampMs } from '../rpc/operation.ts';
import { checkRule } from './check-rule.ts';
import { DEFAULT_BUS, type EventBuses } from './event-bus.ts';
import { parseEventPattern } from './event-pattern.ts';
import { type Rule, RuleTarget } from './rule-table.ts';

const ENTRIES_LIMIT = 10;
const ENTRIES_LIMIT_BYTES = 262_144;

const BusName = z
  .string()
  .default(DEFAULT_BUS)
  .transform((nameOrArn) => nameOrArn.split(':event-bus/').at(-1) ?? nameOrArn);
const RuleName = z.string().regex(/^[.\-_A-Za-z0-9]{1,64}$/);
const Entry = z.strictObject({
  Detail: z.string().optional(),
  DetailType: z.string().optional(),
  EventBusName: BusName,
  Resources: z.array(z.string()).default([]),
  Source: z.string().optional(),
  Time: timestampMs().optional(),
  TraceHeader: z.string().optional(),
});
const PutEvents = z.strictObject({ Entries: z.array(Entry).min(1).max(ENTRIES_LIMIT) });
const PutRule = z.strictObject({
  Description: z.string().max(512).optional(),
  EventBusName: BusName,
  EventPattern: z.string().optional(),
  Name: RuleName,
  RoleArn: z.string().optional(),
  ScheduleExpression: z.string().max(256).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Tags: z.array(z.unknown()).optional(),
});
const onRule = { Rule: RuleName, EventBusName: BusName };
const invalidInput = { errorType: 'ValidationException' };

/** PutEvents, TestEventPattern, buses, rules and their targets. */
export function eventOperations(
  buses: EventBuses,
  {
    now,
    refusal,
    busArn,
  }: { now: () => number; refusal: (arn: string) => string | undefined; busArn: (bus: string) => string },
): Readonly<Record<string, Operation>> {
  const find = (bus: string, name: string): Rule => {
    const rule = buses.rule(bus, name);
    if (rule !== undefined) return rule;
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`);
  };
  const requireBus = (bus: string): void => {
    if (!buses.hasBus(bus)) throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  };
  const describe = (rule: Rule) => ({
    Name: rule.name,
    Arn: buses.ruleArn(rule),
    EventBusName: rule.bus,
    State: rule.state,
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    ...(rule.eventPattern === undefined ? {} : { EventPattern: rule.eventPattern }),
    ...(rule.scheduleExpression === undefined ? {} : { ScheduleExpression: rule.scheduleExpression }),
  });
  const setTargets = (rule: Rule, targets: readonly RuleTarget[]): void => buses.putRule({ ...rule, targets });

  return {
    PutEvents: defineOperation(
      PutEvents,
      ({ Entries }) => {
        const bytes = Entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
        if (bytes > ENTRIES_LIMIT_BYTES) {
          throw new AwsError('ValidationException', `Total size of the entries in the request is over the limit.`);
        }
        const results = Entries.map((entry) => putEntry(entry, buses, now));
        return {
          FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
          Entries: results,
        };
      },
      invalidInput,
    ),
    TestEventPattern: defineOperation(
      z.strictObject({ Event: z.string(), EventPattern: z.string() }),
      ({ Event, EventPattern }) => ({ Result: parseEventPattern(EventPattern)(JSON.parse(Event)) }),
      invalidInput,
    ),
    CreateEventBus: defineOperation(
      z.strictObject({ Name: z.string().regex(/^[/.\-_A-Za-z0-9]{1,256}$/), Tags: z.unknown().optional() }),
      ({ Name }) => {
        if (buses.hasBus(Name))
          throw new AwsError('ResourceAlreadyExistsException', `Event bus ${Name} already exists.`);
        buses.addBus(Name, 'request');
        return { EventBusArn: busArn(Name) };
      },
      invalidInput,
    ),
    ListEventBuses: defineOperation(
      z.strictObject({
        NamePrefix: z.string().default(''),
        Limit: z.number().optional(),
        NextToken: z.string().optional(),
      }),
      ({ NamePrefix }) => ({
        EventBuses: buses
          .busNames()
          .filter((name) => name.startsWith(NamePrefix))
          .map((Name) => ({ Name, Arn: busArn(Name) })),
      }),
      invalidInput,
    ),
    PutRule: defineOperation(
      PutRule,
      ({ EventBusName: bus, Name: name, EventPattern, ScheduleExpression, State, Description }) => {
        requireBus(bus);
        const before = buses.rule(bus, name);
        const rule = {
          bus,
          name,
          origin: 'request' as const,
          description: Description,
          eventPattern: EventPattern,
          scheduleExpression: ScheduleExpression,
          state: State,
          targets: before?.targets ?? [],
        };
        checkRule(rule, refusal);
        buses.putRule(rule);
        return { RuleArn: buses.ruleArn(rule) };
      },
      invalidInput,
    ),
    DescribeRule: defineOperation(
      z.strictObject({ Name: RuleName, EventBusName: BusName }),
      ({ Name, EventBusName }) => describe(find(EventBusName, Name)),
      invalidInput,
    ),
    ListRules: defineOperation(
      z.strictObject({
        EventBusName: BusName,
        NamePrefix: z.string().default(''),
        Limit: z.number().optional(),
        NextToken: z.string().optional(),
      }),
      ({ EventBusName, NamePrefix }) => {
        requireBus(EventBusName);
        return {
          Rules: buses
            .rules(EventBusName)
            .filter(({ name }) => name.startsWith(NamePrefix))
            .map(describe),
        };
      },
      invalidInput,
    ),
    DeleteRule: defineOperation(
      z.strictObject({ Name: RuleName, EventBusName: BusName, Force: z.boolean().optional() }),
      ({ Name, EventBusName }) => {
        const rule = buses.rule(EventBusName, Name);
        if (rule === undefined) return {};
        if (rule.targets.length > 0)
          throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
        buses.removeRule(rule);
        return {};
      },
      invalidInput,
    ),
    PutTargets: defineOperation(
      z.strictObject({ ...onRule, Targets: z.array(RuleTarget).min(1).max(100) }),
      ({ Rule: name, EventBusName, Targets }) => {
        const rule = find(EventBusName, name);
        const ids = new Set(Targets.map(({ Id }) => Id));
        const targets = [...rule.targets.filter(({ Id }) => !ids.has(Id)), ...Targets];
        checkRule({ ...rule, targets }, refusal);
        setTargets(rule, targets);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      invalidInput,
    ),
    ListTargetsByRule: defineOperation(
      z.strictObject({ ...onRule, Limit: z.number().optional(), NextToken: z.string().optional() }),
      ({ Rule: name, EventBusName }) => ({ Targets: find(EventBusName, name).targets }),
      invalidInput,
    ),
    RemoveTargets: defineOperation(
      z.strictObject({ ...onRule, Ids: z.array(z.string()).min(1), Force: z.boolean().optional() }),
      ({ Rule: name, EventBusName, Ids }) => {
        const rule = find(EventBusName, name);
        setTargets(
          rule,
          rule.targets.filter(({ Id }) => !Ids.includes(Id)),
        );
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      invalidInput,
    ),
  };
}

const entryBytes = ({ Detail = '', DetailType = '', Source = '', Resources }: z.infer<typeof Entry>): number =>
  [Detail, DetailType, Source, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);

interface EntryResult {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

/** A wrong entry fails by itself; the others go through. */
function putEntry(entry: z.infer<typeof Entry>, buses: EventBuses, now: () => number): EntryResult {
  const { Source = '', DetailType = '', Detail = '', EventBusName: bus, Resources: resources, Time } = entry;
  const fail = (ErrorCode: string, ErrorMessage: string): EntryResult => ({ ErrorCode, ErrorMessage });
  if (Source === '')
    return fail('InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.');
  if (DetailType === '')
    return fail('InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.');
  if (Detail === '')
    return fail('InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.');
  if (Source.startsWith('aws.')) return fail('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (!buses.hasBus(bus)) return fail('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  const detail = parseDetail(Detail);
  if (detail === undefined) return fail('MalformedDetail', 'Detail is malformed.');
  return {
    EventId: buses.put({ bus, source: Source, detailType: DetailType, detail, resources, atMs: Time ?? now() }),
  };
}

function parseDetail(text: string): object | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    // Told by the caller, as AWS does for one entry of several.
    return undefined;
  }
}
