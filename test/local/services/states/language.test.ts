import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { FunctionFailure, type LocalFunction, openLocalStates } from './local-states.ts';

interface Ran {
  readonly status: DescribeExecutionCommandOutput['status'];
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly events: (string | undefined)[];
}

/** Runs a machine to its end, an hour at most. */
async function run(
  definition: object,
  {
    input = {},
    functions = {},
    ms = 3_600_000,
  }: { input?: unknown; functions?: Record<string, LocalFunction>; ms?: number } = {},
): Promise<Ran> {
  using folder = temporaryFolder();
  await using states = await openLocalStates({ directory: folder.path, functions });
  const roleArn = 'arn:aws:iam::000000000000:role/states';
  const arn = states.service.putStateMachine({ name: 'machine', definition: JSON.stringify(definition), roleArn });
  const { executionArn } = await states.client.send(
    new StartExecutionCommand({ stateMachineArn: arn, name: 'one', input: JSON.stringify(input) }),
  );
  await states.advance(ms);
  const { status, output, error, cause } = await states.client.send(new DescribeExecutionCommand({ executionArn }));
  const { events = [] } = await states.client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return {
    status,
    output: output === undefined ? undefined : JSON.parse(output),
    error,
    cause,
    events: events.map(({ type }) => type),
  };
}

const jsonata = (States: object, StartAt = 'A') => ({ QueryLanguage: 'JSONata', StartAt, States });
const jsonPath = (States: object, StartAt = 'A') => ({ StartAt, States });
const INVOKE = 'arn:aws:states:::lambda:invoke';

describe('a machine in JSONata', () => {
  it('shapes outputs by expressions, and carries variables to later states', async () => {
    const { output, events } = await run(
      jsonata({
        A: { Type: 'Pass', Assign: { total: '{% $sum($states.input.prices) %}' }, Output: { seen: true }, Next: 'B' },
        B: {
          Type: 'Pass',
          Output: {
            total: '{% $total %}',
            seen: '{% $states.input.seen %}',
            name: '{% $states.context.Execution.Name %}',
          },
          End: true,
        },
      }),
      { input: { prices: [1, 2, 3.5] } },
    );
    expect(output).toEqual({ total: 6.5, seen: true, name: 'one' });
    expect(events).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('chooses by conditions, with what each rule assigns', async () => {
    const machine = jsonata({
      A: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.n > 10 %}', Next: 'Big', Assign: { size: 'big' } }],
        Default: 'Small',
        Assign: { size: 'small' },
      },
      Big: { Type: 'Pass', Output: '{% $size %}', End: true },
      Small: { Type: 'Succeed', Output: '{% $size %}' },
    });
    expect((await run(machine, { input: { n: 11 } })).output).toBe('big');
    expect((await run(machine, { input: { n: 1 } })).output).toBe('small');
  });

  it('invokes functions with arguments, and hands on their payload', async () => {
    const asked: unknown[] = [];
    const double = (payload: unknown) => {
      asked.push(payload);
      return { n: 2 * (payload as { n: number }).n };
    };
    const { output, events } = await run(
      jsonata({
        A: {
          Type: 'Task',
          Resource: INVOKE,
          Arguments: { FunctionName: 'double', Payload: { n: '{% $states.input.n %}' } },
          Output: '{% $states.result.Payload %}',
          End: true,
        },
      }),
      { input: { n: 21 }, functions: { double } },
    );
    expect(output).toEqual({ n: 42 });
    expect(asked).toEqual([{ n: 21 }]);
    expect(events.slice(1, 6)).toEqual([
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
    ]);
  });

  it('runs a map over items, some at a time, in their order', async () => {
    let running = 0;
    let most = 0;
    const work: LocalFunction = async (payload) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return (payload as { value: number; index: number }).value * 10 + (payload as { index: number }).index;
    };
    const { output } = await run(
      jsonata({
        A: {
          Type: 'Map',
          Items: '{% $states.input.list %}',
          MaxConcurrency: 2,
          ItemSelector: {
            value: '{% $states.context.Map.Item.Value %}',
            index: '{% $states.context.Map.Item.Index %}',
          },
          ItemProcessor: {
            StartAt: 'Work',
            States: {
              Work: {
                Type: 'Task',
                Resource: INVOKE,
                Arguments: { FunctionName: 'work', Payload: '{% $states.input %}' },
                Output: '{% $states.result.Payload %}',
                End: true,
              },
            },
          },
          End: true,
        },
      }),
      { input: { list: [5, 6, 7, 8, 9] }, functions: { work } },
    );
    expect(output).toEqual([50, 61, 72, 83, 94]);
    expect(most).toBe(2);
  });

  it('runs branches side by side, each with the variables of before and its own', async () => {
    const branch = (name: string) => ({
      StartAt: name,
      States: { [name]: { Type: 'Pass', Assign: { x: name }, Output: `{% $base & "${name}" %}`, End: true } },
    });
    const { output } = await run(
      jsonata({
        A: { Type: 'Pass', Assign: { base: 'from ' }, Next: 'Both' },
        Both: { Type: 'Parallel', Branches: [branch('Left'), branch('Right')], End: true },
      }),
    );
    expect(output).toEqual(['from Left', 'from Right']);
  });

  it('fails where an expression gives nothing, by a name that can be caught', async () => {
    const state = { Type: 'Pass', Output: '{% $states.input.missing %}', End: true };
    expect(await run(jsonata({ A: state }))).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  it('has the functions that Step Functions adds to JSONata', async () => {
    const { output } = await run(
      jsonata({
        A: {
          Type: 'Pass',
          Output: {
            parts: '{% $partition([1,2,3], 2) %}',
            range: '{% $range(1, 7, 3) %}',
            hash: "{% $hash('abc', 'SHA-256') %}",
            parsed: '{% $parse(\'{"a":1}\') %}',
            uuid: '{% $length($uuid()) %}',
            same: '{% $random(7) = $random(7) %}',
          },
          End: true,
        },
      }),
    );
    expect(output).toEqual({
      parts: [[1, 2], [3]],
      range: [1, 4, 7],
      hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      parsed: { a: 1 },
      uuid: 36,
      same: true,
    });
  });
});

describe('a machine in JSONPath', () => {
  it('selects, shapes and places by paths and intrinsic functions', async () => {
    const { output } = await run(
      jsonPath({
        A: {
          Type: 'Pass',
          InputPath: '$.order',
          Parameters: { 'id.$': '$.id', 'text.$': "States.Format('{} of {}', $.id, $$.Execution.Name)" },
          ResultPath: '$.made.here',
          Next: 'B',
        },
        B: { Type: 'Pass', OutputPath: '$.made', End: true },
      }),
      { input: { order: { id: 'x1' }, kept: 1 } },
    );
    expect(output).toEqual({ here: { id: 'x1', text: 'x1 of one' } });
  });

  it('selects of a result, and leaves it out', async () => {
    const state = (more: object) => ({
      Type: 'Task',
      Resource: INVOKE,
      Parameters: { FunctionName: 'f' },
      End: true,
      ...more,
    });
    const functions = { f: () => ({ a: 1, b: 2 }) };
    const selected = await run(
      jsonPath({ A: state({ ResultSelector: { 'b.$': '$.Payload.b' }, ResultPath: '$.r' }) }),
      {
        input: { kept: true },
        functions,
      },
    );
    expect(selected.output).toEqual({ kept: true, r: { b: 2 } });
    const dropped = await run(jsonPath({ A: state({ ResultPath: null }) }), { input: { kept: true }, functions });
    expect(dropped.output).toEqual({ kept: true });
  });

  it.each([
    [{ Variable: '$.n', NumericGreaterThan: 4 }, { n: 5 }],
    [{ Variable: '$.s', StringMatches: 'log-*.txt' }, { s: 'log-7.txt' }],
    [{ Not: { Variable: '$.x', IsPresent: true } }, {}],
    [
      {
        And: [
          { Variable: '$.a', BooleanEquals: true },
          { Variable: '$.b', IsNull: true },
        ],
      },
      { a: true, b: null },
    ],
    [{ Variable: '$.t', TimestampLessThan: '2026-01-01T00:00:00Z' }, { t: '2025-12-31T23:59:59Z' }],
    [
      { Variable: '$.a', NumericEqualsPath: '$.b' },
      { a: 3, b: 3 },
    ],
  ])('chooses by %j', async (rule, input) => {
    const machine = jsonPath({
      A: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
      Yes: { Type: 'Succeed' },
      No: { Type: 'Fail', Error: 'No' },
    });
    expect((await run(machine, { input })).status).toBe('SUCCEEDED');
    expect(
      (await run(machine, { input: { n: 1, s: 'x', x: 1, a: false, b: 9, t: '2027-01-01T00:00:00Z' } })).error,
    ).toBe('No');
  });

  it('maps over items at a path, with a selector', async () => {
    const { output } = await run(
      jsonPath({
        A: {
          Type: 'Map',
          ItemsPath: '$.list',
          ItemSelector: { 'v.$': '$$.Map.Item.Value', 'all.$': '$.list' },
          ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', OutputPath: '$.v', End: true } } },
          ResultPath: '$.done',
          End: true,
        },
      }),
      { input: { list: ['a', 'b'] } },
    );
    expect(output).toEqual({ list: ['a', 'b'], done: ['a', 'b'] });
  });

  it('fails where a path picks nothing', async () => {
    const state = { Type: 'Pass', Parameters: { 'x.$': '$.nothing' }, End: true };
    expect(await run(jsonPath({ A: state }))).toMatchObject({ status: 'FAILED', error: 'States.ParameterPathFailure' });
  });
});

describe('what fails', () => {
  const flaky = (Retry: object[], Catch: object[] = []) =>
    jsonata({
      A: { Type: 'Task', Resource: INVOKE, Arguments: { FunctionName: 'f' }, Retry, Catch, End: true },
      ...(Catch.length > 0 && { Caught: { Type: 'Pass', Output: '{% $states.input %}', End: true } }),
    });

  it('is tried again after growing waits, and its retries are counted by retrier', async () => {
    const times: number[] = [];
    const f = () => {
      times.push(times.length);
      if (times.length < 3) throw new FunctionFailure('Busy');
      return 'done';
    };
    const machine = jsonata({
      A: {
        Type: 'Task',
        Resource: INVOKE,
        Arguments: { FunctionName: 'f' },
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 2 }],
        Output: '{% $states.context.State.RetryCount %}',
        End: true,
      },
    });
    expect((await run(machine, { functions: { f }, ms: 39_000 })).status).toBe('RUNNING');
    times.length = 0;
    expect(await run(machine, { functions: { f }, ms: 41_000 })).toMatchObject({ status: 'SUCCEEDED', output: 2 });
  });

  it('is caught, with error and cause', async () => {
    const f = () => {
      throw new FunctionFailure('Broken', 'a reason');
    };
    const { output } = await run(flaky([], [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }]), { functions: { f } });
    expect(output).toMatchObject({ Error: 'Broken' });
    expect(JSON.parse((output as { Cause: string }).Cause)).toEqual({ errorType: 'Broken', errorMessage: 'a reason' });
  });

  it('ends a branch, and with it its siblings and the machine', async () => {
    const machine = jsonata({
      A: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Bad', States: { Bad: { Type: 'Fail', Error: 'Bad', Cause: 'for a test' } } },
          { StartAt: 'Slow', States: { Slow: { Type: 'Wait', Seconds: 600, End: true } } },
        ],
        End: true,
      },
    });
    expect(await run(machine, { ms: 1_000 })).toMatchObject({ status: 'FAILED', error: 'Bad', cause: 'for a test' });
  });

  it('is not caught by States.ALL where data are too large', async () => {
    const f = () => 'x'.repeat(300_000);
    const caught = flaky([{ ErrorEquals: ['States.ALL'] }], []);
    expect(await run(caught, { functions: { f } })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });

  it('takes too long: the machine is timed out', async () => {
    const machine = { ...jsonata({ A: { Type: 'Wait', Seconds: 100, End: true } }), TimeoutSeconds: 50 };
    expect((await run(machine)).status).toBe('TIMED_OUT');
  });
});

describe('a definition', () => {
  it.each([
    ['that leads nowhere', jsonPath({ A: { Type: 'Pass', Next: 'B' } }), /A: there is no state B/],
    [
      'with a state that nothing leads to',
      jsonPath({ A: { Type: 'Succeed' }, B: { Type: 'Succeed' } }),
      /B: nothing leads there/,
    ],
    [
      'that mixes languages',
      jsonata({ A: { Type: 'Pass', ResultPath: '$.x', End: true } }),
      /ResultPath means nothing in JSONata/,
    ],
    ['with an unknown field', jsonPath({ A: { Type: 'Pass', Nxt: 'B', End: true } }), /Nxt/],
    [
      'with an expression that cannot be read',
      jsonata({ A: { Type: 'Pass', Output: '{% 1 + %}', End: true } }),
      /cannot be read/,
    ],
    [
      'with States.ALL before others',
      jsonPath({ A: { Type: 'Task', Resource: INVOKE, Retry: [{ ErrorEquals: ['States.ALL', 'X'] }], End: true } }),
      /stands alone/,
    ],
    [
      'with a task that is not there',
      jsonPath({ A: { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', End: true } }),
      /does not implement the task/,
    ],
    [
      'with a placeholder left',
      jsonPath({ A: { Type: 'Task', Resource: `$${'{Function}'}`, End: true } }),
      /was not resolved/,
    ],
  ])('fails to be taken %s', async (_, definition, message) => {
    using folder = temporaryFolder();
    await using states = await openLocalStates({ directory: folder.path });
    const put = () =>
      states.service.putStateMachine({ name: 'm', definition: JSON.stringify(definition), roleArn: 'r' });
    expect(put).toThrow(message);
  });
});
