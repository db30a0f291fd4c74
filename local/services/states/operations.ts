import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../rpc/aws-error.ts';
import { defineOperation, type Operation } from '../rpc/operation.ts';
import type { Engine } from './execution/engine.ts';
import type { Execution, HistoryEvent } from './execution/execution-store.ts';
import { toData } from './language/state-error.ts';
import type { MachineTable, StateMachine } from './machine-table.ts';

const Name = z.string().regex(/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/);
const Page = { maxResults: z.int().min(0).max(1000).default(100), nextToken: z.string().optional() };
const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
const invalid = { errorType: 'ValidationException' };
const seconds = (ms: number): Date => new Date(ms);

export interface StatesDependencies {
  readonly engine: Engine;
  readonly machines: MachineTable;
  /** @throws AwsError for what StartExecution refuses */
  readonly start: (machineArn: string, options: { name: string; input: string }) => Execution;
}

/** What the SDK asks of Step Functions. */
export function stateOperations({ engine, machines, start }: StatesDependencies): Readonly<Record<string, Operation>> {
  const machine = (arn: string): StateMachine => {
    const found = machines.find(arn);
    if (found !== undefined) return found;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  };
  const execution = (arn: string): Execution => {
    const found = engine.store.find(arn);
    if (found !== undefined) return found;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  };
  return {
    StartExecution: defineOperation(
      z.strictObject({
        stateMachineArn: z.string(),
        name: Name.optional(),
        input: z.string().default('{}'),
        traceHeader: z.string().optional(),
      }),
      ({ stateMachineArn, name = randomUUID(), input }) => {
        const { arn, startedMs } = start(stateMachineArn, { name, input });
        return { executionArn: arn, startDate: seconds(startedMs) };
      },
      invalid,
    ),
    StopExecution: defineOperation(
      z.strictObject({ executionArn: z.string(), error: z.string().optional(), cause: z.string().optional() }),
      ({ executionArn, error = null, cause = null }) => {
        const { stoppedMs } = engine.stop(execution(executionArn), { error, cause });
        return { stopDate: seconds(stoppedMs ?? 0) };
      },
      invalid,
    ),
    DescribeExecution: defineOperation(
      z.strictObject({ executionArn: z.string(), includedData: z.string().optional() }),
      ({ executionArn }) => {
        const found = execution(executionArn);
        const { input, output, error, cause } = found;
        return {
          ...listed(found),
          input,
          inputDetails: { included: true },
          ...(output !== null && { output, outputDetails: { included: true } }),
          ...(error !== null && { error }),
          ...(cause !== null && { cause }),
          redriveCount: 0,
        };
      },
      invalid,
    ),
    ListExecutions: defineOperation(
      z.strictObject({ stateMachineArn: z.string(), statusFilter: z.enum(STATUSES).optional(), ...Page }),
      ({ stateMachineArn, statusFilter, ...page }) => {
        const all = engine.store.list(machine(stateMachineArn).arn);
        const wanted = all.filter(({ status }) => statusFilter === undefined || status === statusFilter);
        const { items, nextToken } = pageOf(wanted, page);
        return { executions: items.map(listed), ...nextToken };
      },
      invalid,
    ),
    GetExecutionHistory: defineOperation(
      z.strictObject({
        executionArn: z.string(),
        reverseOrder: z.boolean().default(false),
        includeExecutionData: z.boolean().default(true),
        ...Page,
      }),
      ({ executionArn, reverseOrder, includeExecutionData: _, ...page }) => {
        const all = engine.store.history(execution(executionArn).arn);
        const { items, nextToken } = pageOf(reverseOrder ? all.toReversed() : all, page);
        return { events: items.map(eventOf), ...nextToken };
      },
      invalid,
    ),
    DescribeStateMachine: defineOperation(
      z.strictObject({ stateMachineArn: z.string(), includedData: z.string().optional() }),
      ({ stateMachineArn }) => {
        const { definition, roleArn, ...found } = machine(stateMachineArn);
        return { ...listedMachine(found), definition, roleArn, status: 'ACTIVE' };
      },
      invalid,
    ),
    ListStateMachines: defineOperation(
      z.strictObject(Page),
      (page) => {
        const { items, nextToken } = pageOf(machines.list(), page);
        return { stateMachines: items.map(listedMachine), ...nextToken };
      },
      invalid,
    ),
    SendTaskSuccess: defineOperation(
      z.strictObject({ taskToken: z.string(), output: z.string() }),
      ({ taskToken, output }) => {
        const result = readOutput(output);
        toData(result);
        engine.answer(taskToken, { result });
        return {};
      },
      invalid,
    ),
    SendTaskFailure: defineOperation(
      z.strictObject({ taskToken: z.string(), error: z.string().default(''), cause: z.string().default('') }),
      ({ taskToken, error, cause }) => {
        engine.answer(taskToken, { error, cause });
        return {};
      },
      invalid,
    ),
    SendTaskHeartbeat: defineOperation(
      z.strictObject({ taskToken: z.string() }),
      ({ taskToken }) => {
        engine.heartbeat(taskToken);
        return {};
      },
      invalid,
    ),
  };
}

const listedMachine = ({ arn, name, createdMs }: Omit<StateMachine, 'definition' | 'roleArn'>) => ({
  stateMachineArn: arn,
  name,
  type: 'STANDARD',
  creationDate: seconds(createdMs),
});

const listed = ({ arn, machine, name, status, startedMs, stoppedMs }: Execution) => ({
  executionArn: arn,
  stateMachineArn: machine,
  name,
  status,
  startDate: seconds(startedMs),
  ...(stoppedMs !== null && { stopDate: seconds(stoppedMs) }),
});

const eventOf = ({ id, type, atMs, previous, details }: HistoryEvent) => ({
  id,
  type,
  timestamp: seconds(atMs),
  previousEventId: previous,
  ...details,
});

/** @throws AwsError InvalidToken */
function pageOf<T>(
  all: readonly T[],
  { maxResults, nextToken }: { maxResults: number; nextToken?: string | undefined },
) {
  const first = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64url').toString());
  if (!(Number.isInteger(first) && first >= 0 && first <= all.length)) {
    throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`);
  }
  const end = first + (maxResults === 0 ? 100 : maxResults);
  const more = end < all.length ? { nextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { items: all.slice(first, end), nextToken: more };
}

/** A token's outcome from JSON text. @throws AwsError InvalidOutput */
function readOutput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${cause instanceof Error ? cause.message : String(cause)}'`);
  }
}
