import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DescribeRuleCommand,
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface OpenedEventBridge {
  readonly client: EventBridgeClient;
  /** A target that exists. */
  readonly targetArn: string;
  close(): Promise<void>;
}

/** What every EventBridge must do that the platform uses. @param moto whose known differences from AWS are skipped by name */
export function describeEventBridge(
  name: string,
  open: () => Promise<OpenedEventBridge>,
  { moto = false }: { moto?: boolean } = {},
): void {
  describe(`EventBridge: ${name}`, () => {
    let events: OpenedEventBridge;
    beforeAll(async () => {
      events = await open();
    }, 60_000);
    afterAll(() => events?.close());

    const putRule = (Name: string, more: object = { EventPattern: '{"source":["test"]}' }) =>
      events.client.send(new PutRuleCommand({ Name, ...more }));

    it('takes events, one id for each', async () => {
      const entry = { Source: 'test', DetailType: 'a', Detail: '{}' };
      const { FailedEntryCount, Entries } = await events.client.send(new PutEventsCommand({ Entries: [entry, entry] }));
      expect(FailedEntryCount).toBe(0);
      expect(new Set(Entries?.map(({ EventId }) => EventId)).size).toBe(2);
    });

    it('fails an entry without detail, and takes the others', async () => {
      const entry = { Source: 'test', DetailType: 'a' };
      const Entries = [{ ...entry, Detail: '{}' }, { ...entry, Detail: '{' }, entry];
      const answer = await events.client.send(new PutEventsCommand({ Entries }));
      expect(answer.FailedEntryCount).toBe(2);
      expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
        undefined,
        'MalformedDetail',
        'InvalidArgument',
      ]);
    });

    it('keeps rules with their targets', async () => {
      const { RuleArn } = await putRule('kept');
      expect(RuleArn).toMatch(/^arn:aws:events:us-east-1:\d{12}:rule\/kept$/);
      const target = { Id: 'one', Arn: events.targetArn, InputPath: '$.detail' };
      await events.client.send(new PutTargetsCommand({ Rule: 'kept', Targets: [target] }));
      const { Targets } = await events.client.send(new ListTargetsByRuleCommand({ Rule: 'kept' }));
      expect(Targets).toEqual([expect.objectContaining(target)]);
      expect(await events.client.send(new DescribeRuleCommand({ Name: 'kept' }))).toMatchObject({
        Name: 'kept',
        State: 'ENABLED',
        EventPattern: '{"source":["test"]}',
      });
    });

    it('has buses of its own names, each with its rules', async () => {
      const { EventBusArn } = await events.client.send(new CreateEventBusCommand({ Name: 'models' }));
      expect(EventBusArn).toMatch(/event-bus\/models$/);
      await putRule('on-models', { EventBusName: 'models', EventPattern: '{"source":["test"]}' });
      const names = async (EventBusName?: string) =>
        (await events.client.send(new ListRulesCommand({ EventBusName }))).Rules?.map(({ Name }) => Name);
      expect(await names('models')).toEqual(['on-models']);
      expect(await names()).not.toContain('on-models');
    });

    it('fails to delete a rule that has targets, and deletes it without', async () => {
      await putRule('deleted');
      await events.client.send(
        new PutTargetsCommand({ Rule: 'deleted', Targets: [{ Id: 'one', Arn: events.targetArn }] }),
      );
      await expect(events.client.send(new DeleteRuleCommand({ Name: 'deleted' }))).rejects.toMatchObject({
        name: 'ValidationException',
      });
      await events.client.send(new RemoveTargetsCommand({ Rule: 'deleted', Ids: ['one'] }));
      await events.client.send(new DeleteRuleCommand({ Name: 'deleted' }));
      await expect(events.client.send(new DescribeRuleCommand({ Name: 'deleted' }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });

    it('fails for a pattern that is not JSON', async () => {
      await expect(putRule('broken', { EventPattern: '{' })).rejects.toMatchObject({
        name: 'InvalidEventPatternException',
      });
    });

    describe.skipIf(moto)(moto ? 'patterns (skipped: moto has no TestEventPattern)' : 'patterns', () => {
      const event = {
        id: '1',
        source: 'keelson.registry',
        'detail-type': 'Version Promoted',
        account: '1',
        time: '2026-06-01T12:00:00Z',
        region: 'us-east-1',
        resources: ['arn:a', 'arn:b'],
        detail: {
          service: 'fraud',
          score: 0.5,
          tags: ['x', 'y'],
          none: null,
          steps: [{ share: 5 }, { share: 50 }],
          deep: { er: true },
        },
      };
      const matches = async (pattern: object) =>
        (
          await events.client.send(
            new TestEventPatternCommand({ Event: JSON.stringify(event), EventPattern: JSON.stringify(pattern) }),
          )
        ).Result;

      it.each([
        [{ source: ['keelson.registry'] }],
        [{ source: ['other', { prefix: 'keelson.' }] }],
        [{ source: [{ suffix: '.registry' }] }],
        [{ source: [{ prefix: { 'equals-ignore-case': 'KEELSON' } }] }],
        [{ source: [{ 'equals-ignore-case': 'Keelson.Registry' }] }],
        [{ source: [{ wildcard: 'keelson.*' }] }],
        [{ source: [{ 'anything-but': ['aws.s3', 'aws.sns'] }] }],
        [{ source: [{ 'anything-but': { prefix: 'aws.' } }] }],
        [{ detail: { score: [{ numeric: ['>', 0, '<=', 0.5] }] } }],
        [{ detail: { tags: ['y'] } }],
        [{ resources: [{ suffix: 'b' }] }],
        [{ detail: { none: [null] } }],
        [{ detail: { missing: [{ exists: false }] } }],
        [{ detail: { service: [{ exists: true }] } }],
        [{ detail: { steps: { share: [{ numeric: ['=', 50] }] } } }],
        [{ detail: { deep: { er: [true] } } }],
        [{ $or: [{ source: ['other'] }, { detail: { service: ['fraud'] } }] }],
      ])('%j matches', async (pattern) => {
        expect(await matches(pattern)).toBe(true);
      });

      it.each([
        [{ source: ['keelson'] }],
        [{ source: ['keelson.registry'], detail: { service: ['churn'] } }],
        [{ source: [{ 'anything-but': 'keelson.registry' }] }],
        [{ source: [{ 'anything-but': { suffix: '.registry' } }] }],
        [{ source: [{ wildcard: 'keelson' }] }],
        [{ detail: { score: [{ numeric: ['>', 0.5] }] } }],
        [{ detail: { service: [{ exists: false }] } }],
        [{ detail: { missing: [{ exists: true }] } }],
        [{ detail: { missing: [{ 'anything-but': 'a' }] } }],
        [{ $or: [{ source: ['other'] }, { detail: { service: ['churn'] } }] }],
      ])('%j does not match', async (pattern) => {
        expect(await matches(pattern)).toBe(false);
      });

      it.each([
        [{}],
        [{ source: [] }],
        [{ source: 'text' }],
        [{ source: [{ cidr: '10.0.0.0/8' }] }],
        [{ source: [{ numeric: ['~', 1] }] }],
        [{ source: [{ prefix: 1 }] }],
        [{ source: [{ exists: 'yes' }] }],
        [{ $or: [{ source: ['a'] }] }],
      ])('fails for %j', async (pattern) => {
        await expect(matches(pattern)).rejects.toMatchObject({ name: 'InvalidEventPatternException' });
      });

      it('fails for a target that cannot be had', async () => {
        await putRule('targets');
        const Arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:retrain';
        const put = new PutTargetsCommand({ Rule: 'targets', Targets: [{ Id: 'one', Arn }] });
        await expect(events.client.send(put)).rejects.toMatchObject({ name: 'ValidationException' });
      });
    });
  });
}
