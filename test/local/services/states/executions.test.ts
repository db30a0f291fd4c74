import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../../../local/clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type LocalFunction, type LocalStates, NOON, openLocalStates } from './local-states.ts';

const MACHINE_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:machine';
const INVOKE = 'arn:aws:states:::lambda:invoke';
const MINUTE_MS = 60_000;

const machine = (States: object, StartAt = 'A') => JSON.stringify({ QueryLanguage: 'JSONata', StartAt, States });
const WAITING = machine({ A: { Type: 'Wait', Seconds: 600, End: true } });
const callback = (more: object = {}) =>
  machine({
    A: {
      Type: 'Task',
      Resource: `${INVOKE}.waitForTaskToken`,
      Arguments: { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } },
      End: true,
      ...more,
    },
  });

const put = (states: LocalStates, definition: string) =>
  states.service.putStateMachine({ name: 'machine', definition, roleArn: 'role' });
const start = async (client: SFNClient, name: string, input = '{}') =>
  (await client.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name, input }))).executionArn ?? '';
const look = (client: SFNClient, executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));

async function withStates(
  definition: string,
  work: (states: LocalStates) => Promise<void>,
  functions: Record<string, LocalFunction> = {},
): Promise<void> {
  using folder = temporaryFolder();
  await using states = await openLocalStates({ directory: folder.path, functions });
  put(states, definition);
  await work(states);
}

describe('an execution', () => {
  it('is started once by its name and input, and refused by another input', () =>
    withStates(WAITING, async ({ client }) => {
      const arn = await start(client, 'one');
      expect(await start(client, 'one')).toBe(arn);
      await expect(start(client, 'one', '{"other":1}')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    }));

  it('waits by the platform’s clock', () =>
    withStates(WAITING, async ({ client, advance }) => {
      const arn = await start(client, 'one');
      await advance(9 * MINUTE_MS);
      expect((await look(client, arn)).status).toBe('RUNNING');
      await advance(2 * MINUTE_MS);
      const { status, startDate, stopDate } = await look(client, arn);
      expect(status).toBe('SUCCEEDED');
      expect(Number(stopDate) - Number(startDate)).toBeGreaterThanOrEqual(600_000);
      await expect(start(client, 'one')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    }));

  it('is kept for 90 days after its end, and its name with it', () =>
    withStates(WAITING, async ({ client, advance }) => {
      const arn = await start(client, 'one');
      await advance(89 * 24 * 60 * MINUTE_MS);
      await expect(start(client, 'one')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
      await advance(2 * 24 * 60 * MINUTE_MS);
      expect(await start(client, 'one')).toBe(arn);
      expect((await look(client, arn)).status).toBe('RUNNING');
      const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn: arn }));
      expect(events?.map(({ id }) => id)).toEqual([1]);
    }));

  it('is stopped, and nothing of it goes on', () =>
    withStates(WAITING, async ({ client, advance }) => {
      const executionArn = await start(client, 'one');
      await advance(1_000);
      await client.send(new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'a test' }));
      await advance(60 * MINUTE_MS);
      expect(await look(client, executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'a test' });
    }));

  it('is listed by status, and its history by pages in both directions', () =>
    withStates(WAITING, async ({ client, advance }) => {
      const executionArn = await start(client, 'one');
      await advance(11 * MINUTE_MS);
      await start(client, 'two');
      const list = (statusFilter: 'RUNNING' | 'SUCCEEDED') =>
        client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, statusFilter }));
      expect((await list('RUNNING')).executions?.map(({ name }) => name)).toEqual(['two']);
      expect((await list('SUCCEEDED')).executions?.map(({ name }) => name)).toEqual(['one']);
      const first = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 2 }));
      const { nextToken } = first;
      const rest = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 9, nextToken }));
      const events = [...(first.events ?? []), ...(rest.events ?? [])];
      expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
      expect(events.map(({ previousEventId }) => previousEventId)).toEqual([0, 1, 2, 3]);
      expect(events[1]?.stateEnteredEventDetails ?? {}).toMatchObject({ name: 'A', input: '{}' });
      const back = await client.send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }));
      expect(back.events?.map(({ id }) => id)).toEqual([4, 3, 2, 1]);
    }));

  it('fails to be found, started or answered where it is not', () =>
    withStates(WAITING, async ({ client }) => {
      const missing = 'arn:aws:states:us-east-1:000000000000:execution:machine:none';
      await expect(look(client, missing)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
      const wrong = new StartExecutionCommand({ stateMachineArn: `${MACHINE_ARN}x` });
      await expect(client.send(wrong)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
      await expect(start(client, 'x', 'no json')).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
      await expect(start(client, 'x', JSON.stringify('y'.repeat(262_144)))).rejects.toMatchObject({
        name: 'InvalidExecutionInput',
      });
      const answer = new SendTaskSuccessCommand({ taskToken: 'none', output: '1' });
      await expect(client.send(answer)).rejects.toMatchObject({ name: 'TaskTimedOut' });
    }));
});

describe('a task with a token', () => {
  const tokens: string[] = [];
  const ask = (payload: unknown) => void tokens.push((payload as { token: string }).token);

  it('waits, however long, until it is answered', () =>
    withStates(
      callback(),
      async ({ client, advance }) => {
        const arn = await start(client, 'one');
        await advance(30 * 24 * 60 * MINUTE_MS);
        expect((await look(client, arn)).status).toBe('RUNNING');
        const taskToken = tokens.at(-1) ?? '';
        await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"approved":true}' }));
        await advance(1_000);
        expect(await look(client, arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"approved":true}' });
        const again = new SendTaskFailureCommand({ taskToken, error: 'Late' });
        await expect(client.send(again)).rejects.toMatchObject({ name: 'TaskTimedOut' });
      },
      { ask },
    ));

  it('fails by what it is told, and where nobody answers in time', () =>
    withStates(
      callback({ TimeoutSeconds: 300 }),
      async ({ client, advance }) => {
        const [told, late] = [await start(client, 'told'), await start(client, 'late')];
        await advance(1_000);
        const [toldToken = ''] = tokens.slice(-2);
        await client.send(new SendTaskFailureCommand({ taskToken: toldToken, error: 'Rejected', cause: 'too risky' }));
        await advance(10 * MINUTE_MS);
        expect(await look(client, told)).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'too risky' });
        expect(await look(client, late)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
      },
      { ask },
    ));

  it('goes on waiting while its heart beats', () =>
    withStates(
      callback({ HeartbeatSeconds: 100, TimeoutSeconds: 100_000 }),
      async ({ client, advance }) => {
        const arn = await start(client, 'one');
        await advance(90_000);
        await client.send(new SendTaskHeartbeatCommand({ taskToken: tokens.at(-1) ?? '' }));
        await advance(90_000);
        expect((await look(client, arn)).status).toBe('RUNNING');
        await advance(20_000);
        expect(await look(client, arn)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
      },
      { ask },
    ));
});

describe('a platform that goes down and comes back', () => {
  it('goes on where it was: what was done is not done again, what was under way is asked again with the same id', async () => {
    using folder = temporaryFolder();
    const calls: { name: string; requestId: string }[] = [];
    const record =
      (name: string): LocalFunction =>
      (_, { requestId }) =>
        void calls.push({ name, requestId });
    const task = (FunctionName: string, Next?: string) => ({
      Type: 'Task',
      Resource: INVOKE,
      Arguments: { FunctionName },
      ...(Next === undefined ? { End: true } : { Next }),
    });
    const definition = machine({ A: task('first', 'B'), B: task('hangs', 'C'), C: task('last') });
    const clock = createClock({ wall: () => NOON });
    const options = { directory: folder.path, clock };
    let arn = '';
    {
      const hangs: LocalFunction = (payload, call) => {
        record('hangs')(payload, call);
        return new Promise(() => undefined);
      };
      await using states = await openLocalStates({ ...options, functions: { first: record('first'), hangs } });
      put(states, definition);
      arn = await start(states.client, 'one');
      void states.advance(1_000);
      while (calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const functions = { first: record('first'), hangs: record('hangs'), last: record('last') };
    await using states = await openLocalStates({ ...options, functions });
    put(states, definition);
    await states.advance(2_000);
    expect((await look(states.client, arn)).status).toBe('SUCCEEDED');
    expect(calls.map(({ name }) => name)).toEqual(['first', 'hangs', 'hangs', 'last']);
    expect(calls[1]?.requestId).toBe(calls[2]?.requestId);
  });

  it('runs what was started by the definition of that time', async () => {
    using folder = temporaryFolder();
    const clock = createClock({ wall: () => NOON });
    let arn = '';
    {
      await using states = await openLocalStates({ directory: folder.path, clock });
      put(states, WAITING);
      arn = await start(states.client, 'one');
      await states.advance(1_000);
    }
    await using states = await openLocalStates({ directory: folder.path, clock });
    put(states, machine({ Other: { Type: 'Succeed' } }, 'Other'));
    await states.advance(11 * MINUTE_MS);
    expect((await look(states.client, arn)).status).toBe('SUCCEEDED');
    const { events = [] } = await states.client.send(new GetExecutionHistoryCommand({ executionArn: arn }));
    expect(events.map(({ type }) => type)).toContain('WaitStateExited');
  });
});

describe('a state machine as a target', () => {
  it('starts one execution for one delivery, however often it comes', () =>
    withStates(WAITING, async ({ client, service, advance }) => {
      const call = { id: 'e3b0c442-98fc-1c14-9afb-f4c8996fb924', arn: MACHINE_ARN, payload: '{"alarm":1}' };
      expect(await service.target.deliver({ ...call, attempt: 0 })).toEqual({ kind: 'delivered' });
      expect(await service.target.deliver({ ...call, attempt: 1 })).toEqual({ kind: 'delivered' });
      await advance(11 * MINUTE_MS);
      expect(await service.target.deliver({ ...call, attempt: 2 })).toEqual({ kind: 'delivered' });
      const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN }));
      expect(executions?.map(({ name }) => name)).toEqual([call.id]);
      expect(service.target.refusal(`${MACHINE_ARN}x`)).toContain('there is no state machine');
    }));
});
