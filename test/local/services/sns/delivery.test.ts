import { createServer, type IncomingHttpHeaders } from 'node:http';
import { PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { listen } from '../../../../local/platform/listen.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { FUNCTION, openLocalMessaging } from '../local-messaging.ts';

/** Answers with each of these in turn, then with the last one. */
async function openReceiver(statuses: readonly number[]) {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(statuses[Math.min(received.length, statuses.length - 1)] ?? 200).end();
    received.push({ headers: request.headers, body });
  });
  const url = await listen(server, '127.0.0.1', 0);
  return { url, received, [Symbol.dispose]: () => void server.close() };
}

describe('the local SNS', () => {
  it('gives functions what AWS gives them', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    const topicArn = messaging.sns.createTopic('pages', '');
    const arn = messaging.sns.subscribe({ topicArn, protocol: 'lambda', endpoint: FUNCTION, rawDelivery: false });
    await messaging.snsClient.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: 'drift',
        Message: 'amount moved',
        MessageAttributes: { service: { DataType: 'String', StringValue: 'fraud' } },
      }),
    );
    await messaging.advance(0);
    expect(messaging.invoked).toEqual([
      {
        Records: [
          expect.objectContaining({
            EventSource: 'aws:sns',
            EventSubscriptionArn: arn,
            Sns: expect.objectContaining({
              Type: 'Notification',
              TopicArn: topicArn,
              Subject: 'drift',
              Message: 'amount moved',
              Timestamp: '2026-06-01T12:00:00.000Z',
              MessageAttributes: { service: { Type: 'String', Value: 'fraud' } },
            }),
          }),
        ],
      },
    ]);
  });

  it('keeps e-mail for a person to read', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    const topicArn = messaging.sns.createTopic('pages', '');
    messaging.sns.subscribe({ topicArn, protocol: 'email', endpoint: 'a@example.com', rawDelivery: false });
    messaging.sns.publish({ topicArn, subject: 'drift', message: 'amount moved' });
    await messaging.advance(0);
    expect(messaging.sns.mails()).toEqual([
      { to: 'a@example.com', subject: 'drift', body: 'amount moved', topicArn, time: '2026-06-01T12:00:00.000Z' },
    ]);
  });

  it('posts to HTTP endpoints, and tries again those that fail', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    using receiver = await openReceiver([500, 200]);
    const topicArn = messaging.sns.createTopic('pages', '');
    messaging.sns.subscribe({ topicArn, protocol: 'http', endpoint: receiver.url, rawDelivery: false });
    messaging.sns.publish({ topicArn, subject: 'drift', message: 'amount moved' });
    await messaging.advance(60_000);
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[1]?.headers).toMatchObject({
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-topic-arn': topicArn,
    });
    expect(JSON.parse(receiver.received[1]?.body ?? '')).toMatchObject({
      Type: 'Notification',
      Subject: 'drift',
      Message: 'amount moved',
    });
  });

  it('gives up an endpoint that fails four times, and says why', async () => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    using receiver = await openReceiver([503]);
    const topicArn = messaging.sns.createTopic('pages', '');
    messaging.sns.subscribe({ topicArn, protocol: 'http', endpoint: receiver.url, rawDelivery: true });
    messaging.sns.publish({ topicArn, message: 'amount moved' });
    await messaging.advance(600_000);
    expect(receiver.received.map(({ body }) => body)).toEqual(Array(4).fill('amount moved'));
    expect(messaging.sns.deadLetters()).toMatchObject([{ attempts: 4, reason: `${receiver.url} answered 503` }]);
  });

  it.each([
    ['a function that is not there', 'lambda', `${FUNCTION}2`],
    ['an address without @', 'email', 'nobody'],
    ['an endpoint of another protocol', 'https', 'http://127.0.0.1'],
  ] as const)('fails to subscribe %s', async (_, protocol, endpoint) => {
    using folder = temporaryFolder();
    await using messaging = await openLocalMessaging({ directory: folder.path });
    const topicArn = messaging.sns.createTopic('pages', '');
    expect(() => messaging.sns.subscribe({ topicArn, protocol, endpoint, rawDelivery: false })).toThrow(
      /Invalid parameter/,
    );
  });
});
