import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { RuleTarget } from '../../../../local/services/events/rule-table.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { FUNCTION, type LocalMessaging, openLocalMessaging } from '../local-messaging.ts';

const HOUR = 3_600_000;

const putRule = ({ events }: LocalMessaging, target: object = {}, rule: object = {}) =>
  events.putRule({
    bus: 'default',
    name: 'promoted',
    description: undefined,
    eventPattern: '{"source":["keelson"]}',
    scheduleExpression: undefined,
    state: 'ENABLED',
    targets: [RuleTarget.parse({ Id: 'one', Arn: FUNCTION, ...target })],
    ...rule,
  });
const putEvent = ({ eventBridgeClient }: LocalMessaging, detail: object = { service: 'fraud', version: 3 }) =>
  eventBridgeClient.send(
    new PutEventsCommand({ Entries: [{ Source: 'keelson', DetailType: 'Promoted', Detail: JSON.stringify(detail) }] }),
  );

describe('the local EventBridge', () => {
  it('gives a matching event whole to its target', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    putRule(messaging);
    const { Entries } = await putEvent(messaging);
    await messaging.advance(0);
    expect(messaging.invoked).toEqual([
      {
        version: '0',
        id: Entries?.[0]?.EventId,
        'detail-type': 'Promoted',
        source: 'keelson',
        account: '000000000000',
        time: '2026-06-01T12:00:00Z',
        region: 'us-east-1',
        resources: [],
        detail: { service: 'fraud', version: 3 },
      },
    ]);
  });

  it.each([
    ['a constant', { Input: '{"a":1}' }, { a: 1 }],
    ['a part', { InputPath: '$.detail.service' }, 'fraud'],
    [
      'a template',
      {
        InputTransformer: {
          InputPathsMap: { service: '$.detail.service', version: '$.detail.version', none: '$.detail.none' },
          InputTemplate:
            '{"text": "<service> is at <version><none>", "version": <version>, "service": <service>, "rule": "<aws.events.rule-name>"}',
        },
      },
      { text: 'fraud is at 3', version: 3, service: 'fraud', rule: 'promoted' },
    ],
    [
      'a text',
      { InputTransformer: { InputPathsMap: { detail: '$.detail' }, InputTemplate: '"got <detail>"' } },
      'got {"service":"fraud","version":3}',
    ],
  ])('gives %s instead where the target asks for it', async (_, target, expected) => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    putRule(messaging, target);
    await putEvent(messaging);
    await messaging.advance(0);
    expect(messaging.invoked).toEqual([expected]);
  });

  it('gives nothing to a disabled rule', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    putRule(messaging, {}, { state: 'DISABLED' });
    await putEvent(messaging);
    await messaging.advance(HOUR);
    expect(messaging.invoked).toEqual([]);
  });

  it('tries again what could not be delivered, and keeps what it gave up', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({
      directory: folder.path,
      invoke: () => ({ kind: 'retry', afterMs: 60_000, reason: 'away' }),
    });
    putRule(messaging, { RetryPolicy: { MaximumRetryAttempts: 2 } });
    await putEvent(messaging);
    await messaging.advance(HOUR);
    expect(messaging.invoked).toHaveLength(3);
    expect(messaging.events.deadLetters()).toMatchObject([{ target: FUNCTION, attempts: 3, reason: 'away' }]);
  });

  it('delivers after a restart what it had taken before', async () => {
    using folder = temporaryFolder();
    {
      await using first = await openLocalMessaging({ directory: folder.path });
      putRule(first);
      await putEvent(first);
    }
    await using second = await openLocalMessaging({ directory: folder.path });
    await second.advance(0);
    expect(second.invoked).toHaveLength(1);
  });

  it('runs rules with a schedule', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    putRule(messaging, { InputPath: '$.time' }, { eventPattern: undefined, scheduleExpression: 'rate(1 hour)' });
    await messaging.advance(2 * HOUR);
    expect(messaging.invoked).toEqual(['2026-06-01T13:00:00Z', '2026-06-01T14:00:00Z']);
  });

  it('publishes to topics', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    const topicArn = messaging.sns.createTopic('pages', '');
    messaging.sns.subscribe({ topicArn, protocol: 'email', endpoint: 'a@example.com', rawDelivery: false });
    putRule(messaging, { Arn: topicArn, InputPath: '$.detail' });
    await putEvent(messaging);
    await messaging.advance(0);
    expect(messaging.sns.mails()).toMatchObject([{ to: 'a@example.com', body: '{"service":"fraud","version":3}' }]);
  });
});
