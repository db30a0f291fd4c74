import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../../../local/clock.ts';
import { createTargets } from '../../../../local/services/delivery/targets.ts';
import { createDynamoDbService } from '../../../../local/services/dynamodb.ts';
import { createEventBridgeService } from '../../../../local/services/event-bridge.ts';
import { createSnsService } from '../../../../local/services/sns.ts';
import { serve } from '../../../support/serve.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { NOON, openLocalStates } from './local-states.ts';

const PLACE = { account: '000000000000', region: 'us-east-1' };
const KEY = { id: { S: 'lock' } };

/** Runs states of a machine in JSONata beside DynamoDB and EventBridge. */
async function run(States: object) {
  using folder = temporaryFolder();
  const clock = createClock({ wall: () => NOON });
  const dynamoDb = createDynamoDbService({ directory: folder.path, clock });
  dynamoDb.createTable('locks', {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const seen: string[] = [];
  const lambda = {
    refusal: () => undefined,
    async deliver({ payload }: { payload: string }) {
      seen.push(payload);
      return { kind: 'delivered' } as const;
    },
  };
  const events = createEventBridgeService({
    ...PLACE,
    directory: folder.path,
    clock,
    targets: createTargets({ lambda }),
  });
  events.putRule({
    bus: 'default',
    name: 'all',
    description: undefined,
    eventPattern: '{"source":["keelson.test"]}',
    scheduleExpression: undefined,
    state: 'ENABLED',
    targets: [
      {
        Id: 'f',
        Arn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
        RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
      },
    ],
  });
  const sns = createSnsService({ ...PLACE, directory: folder.path, clock, targets: createTargets({ lambda }) });
  const topicArn = sns.createTopic('alarms', '');
  sns.subscribe({ topicArn, protocol: 'email', endpoint: 'team@example.com', rawDelivery: false });
  const urls: Record<string, string> = {};
  const servers = [];
  for (const service of [dynamoDb, events, sns]) {
    const server = await serve(service);
    urls[service.endpointId] = server.url;
    servers.push(server);
  }
  try {
    await using states = await openLocalStates({ directory: folder.path, clock, endpoint: (id) => urls[id] ?? '' });
    const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States });
    const stateMachineArn = states.service.putStateMachine({ name: 'm', definition, roleArn: 'r' });
    const { executionArn } = await states.client.send(new StartExecutionCommand({ stateMachineArn, name: 'one' }));
    await states.advance(1_000);
    for (const source of [...events.sources, ...sns.sources]) await source.run(clock.now());
    const mails = sns.mails().map(({ body }) => body);
    return { ...(await states.client.send(new DescribeExecutionCommand({ executionArn }))), seen, mails };
  } finally {
    for (const server of servers) await server.close();
  }
}

const put = (Resource: string, more: object) => ({
  Type: 'Task',
  Resource,
  Arguments: { TableName: 'locks', Item: KEY, ConditionExpression: 'attribute_not_exists(id)' },
  ...more,
});

describe('a task that asks a service', () => {
  it.each([
    ['arn:aws:states:::dynamodb:putItem', 'DynamoDB.ConditionalCheckFailedException'],
    ['arn:aws:states:::aws-sdk:dynamodb:putItem', 'DynamoDb.ConditionalCheckFailedException'],
  ])('writes, and fails by AWS’s name where a condition does: %s', async (resource, name) => {
    const { status, error } = await run({ A: put(resource, { Next: 'B' }), B: put(resource, { End: true }) });
    expect({ status, error }).toEqual({ status: 'FAILED', error: name });
  });

  it('hands on what it read', async () => {
    const get = { TableName: 'locks', Key: KEY };
    const { output } = await run({
      A: put('arn:aws:states:::dynamodb:putItem', { Next: 'B' }),
      B: { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:dynamodb:getItem', Arguments: get, End: true },
    });
    expect(JSON.parse(output ?? '')).toMatchObject({ Item: KEY });
  });

  it('tells EventBridge, with a detail that is an object', async () => {
    const Entries = [{ Source: 'keelson.test', DetailType: 'Tried', Detail: { ok: true } }];
    const { status, seen } = await run({
      A: { Type: 'Task', Resource: 'arn:aws:states:::events:putEvents', Arguments: { Entries }, End: true },
    });
    expect(status).toBe('SUCCEEDED');
    expect(seen.map((each) => JSON.parse(each))).toMatchObject([{ 'detail-type': 'Tried', detail: { ok: true } }]);
  });

  it('publishes to a topic, and fails by name where there is none', async () => {
    const publish = (topic: string, more: object) => ({
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Arguments: { TopicArn: `arn:aws:sns:us-east-1:000000000000:${topic}`, Message: { drift: true } },
      ...more,
    });
    const { status, error, mails } = await run({
      A: publish('alarms', { Next: 'B' }),
      B: publish('none', { End: true }),
    });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'SNS.NotFoundException' });
    expect(mails).toEqual(['{"drift":true}']);
  });

  it('starts another execution, once for each try', async () => {
    const start = (machine: string, more: object) => ({
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution',
      Arguments: { StateMachineArn: `arn:aws:states:us-east-1:000000000000:stateMachine:${machine}`, Input: { n: 1 } },
      ...more,
    });
    const done = await run({
      A: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $exists($states.input.n) %}', Next: 'Done' }],
        Default: 'Start',
      },
      Start: start('m', { End: true }),
      Done: { Type: 'Succeed' },
    });
    expect(JSON.parse(done.output ?? '')).toMatchObject({
      ExecutionArn: expect.stringMatching(/^arn:aws:states:us-east-1:000000000000:execution:m:[0-9a-f-]{36}$/),
    });
    const { error } = await run({ A: start('none', { End: true }) });
    expect(error).toBe('StepFunctions.StateMachineDoesNotExistException');
  });

  it('fails by the name of a wrong argument', async () => {
    const { error } = await run({
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::dynamodb:getItem',
        Arguments: { TableName: 'none', Key: KEY },
        End: true,
      },
    });
    expect(error).toBe('DynamoDB.ResourceNotFoundException');
  });
});
