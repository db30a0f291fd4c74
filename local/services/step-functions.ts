import type { AgendaSource } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { TargetKind } from './delivery/targets.ts';
import { AwsError } from './rpc/aws-error.ts';
import { createRpcHandler } from './rpc/rpc-handler.ts';
import type { LocalService } from './service.ts';
import { openSqlite } from './sqlite.ts';
import { createEngine } from './states/execution/engine.ts';
import { checkDefinition } from './states/language/check-definition.ts';
import { StateError, toData } from './states/language/state-error.ts';
import { createMachineTable, MACHINE_SCHEMA } from './states/machine-table.ts';
import { stateOperations } from './states/operations.ts';
import { JSON_SERVICES, jsonIntegration, putEventsIntegration } from './states/tasks/aws-json.ts';
import { functionTask, lambdaIntegration } from './states/tasks/lambda.ts';
import { snsIntegration } from './states/tasks/sns.ts';
import { startExecutionIntegration } from './states/tasks/start-execution.ts';
import { createTaskRunner } from './states/tasks/task-runner.ts';

export interface StepFunctionsService extends LocalService {
  readonly sources: readonly AgendaSource[];
  /** @throws AwsError InvalidDefinition with every problem. @returns the state machine's ARN */
  putStateMachine(machine: { name: string; definition: string; roleArn: string }): string;
  /** State machines as targets of others: one delivery starts one execution, however often it comes. */
  readonly target: TargetKind;
}

/**
 * Step Functions on one machine: Standard workflows in JSONata and JSONPath. Executions are on disk after each transition and go on where they
 * were after a crash; a task that was under way is asked again with the same request id.
 */
export function createStepFunctionsService({
  directory,
  clock,
  account,
  region,
  functions,
  endpoint,
}: {
  directory: string;
  clock: Clock;
  account: string;
  region: string;
  functions: () => Pick<FunctionHost, 'find' | 'invoke'>;
  /** URL of a local service by its SDK suffix. */
  endpoint: (id: string) => string;
}): StepFunctionsService {
  const database = openSqlite(directory, 'states.sqlite', MACHINE_SCHEMA);
  const machines = createMachineTable(database);
  const url = (id: string) => () => endpoint(id);
  const tasks = createTaskRunner(
    [
      lambdaIntegration(functions),
      putEventsIntegration(url('EVENTBRIDGE')),
      snsIntegration(url('SNS')),
      startExecutionIntegration(() => start),
      ...JSON_SERVICES.map((service) => jsonIntegration(service, url(service.endpoint))),
    ],
    functionTask(functions),
  );
  const roleOf = (arn: string) => machines.find(arn)?.roleArn ?? '';
  const engine = createEngine(database, { clock, tasks, roleOf });

  const start: Parameters<typeof stateOperations>[0]['start'] = (machineArn, { name, input }) => {
    const machine = machines.find(machineArn);
    if (machine === undefined) {
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
    }
    const arn = `arn:aws:states:${region}:${account}:execution:${machine.name}:${name}`;
    return engine.start({ arn, name, machine, input: checkedInput(input) });
  };

  return {
    endpointId: 'SFN',
    handle: createRpcHandler('Step Functions', stateOperations({ engine, machines, start })),
    sources: [engine],
    putStateMachine({ name, definition, roleArn }) {
      checkDefinition(definition, tasks.refusal);
      const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
      machines.put({ arn, name, definition, roleArn, createdMs: clock.now() });
      return arn;
    },
    target: {
      refusal: (arn) => (machines.find(arn) === undefined ? `there is no state machine ${arn}` : undefined),
      async deliver({ arn, payload, id }) {
        return startOnce(() => start(arn, { name: id, input: payload }));
      },
    },
    close: () => database.close(),
  };
}

/** @throws AwsError InvalidExecutionInput */
function checkedInput(input: string): string {
  try {
    return toData(JSON.parse(input));
  } catch (cause) {
    const why = cause instanceof StateError ? cause.cause : cause instanceof Error ? cause.message : String(cause);
    throw new AwsError('InvalidExecutionInput', `Invalid Execution Input: '${why}'`);
  }
}

function startOnce(start: () => unknown) {
  try {
    start();
    return { kind: 'delivered' } as const;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    // It was delivered before, and the execution has ended since.
    if (error.type === 'ExecutionAlreadyExists') return { kind: 'delivered' } as const;
    return { kind: 'gave-up', reason: error.message } as const;
  }
}
