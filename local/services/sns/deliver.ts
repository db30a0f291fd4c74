import type { Outcome } from '../delivery/delivery-queue.ts';
import type { Targets } from '../delivery/targets.ts';
import type { Mailbox } from './mailbox.ts';
import { functionEvent, type Message, notification } from './notification.ts';
import type { Subscription } from './topic-table.ts';

/** SNS's default policy for HTTP: three more tries, twenty seconds apart. */
const HTTP_RETRIES = 3;
const HTTP_RETRY_MS = 20_000;
const HTTP_TIMEOUT_MS = 15_000;

/** Delivers one message to one subscriber. */
export async function deliver(
  { id, subscription, message, attempt }: { id: string; subscription: Subscription; message: Message; attempt: number },
  { targets, mailbox }: { targets: Targets; mailbox: Mailbox },
): Promise<Outcome> {
  const { protocol, endpoint } = subscription;
  switch (protocol) {
    case 'lambda':
      return await targets.deliver({ id, arn: endpoint, payload: functionEvent(message, subscription.arn), attempt });
    case 'email':
    case 'email-json':
      mailbox.add({
        to: endpoint,
        subject: message.subject ?? 'AWS Notification Message',
        body: protocol === 'email' ? message.message : notification(message),
        topicArn: message.topicArn,
        atMs: message.atMs,
      });
      return { kind: 'delivered' };
    default: {
      const reason = await post(subscription, message);
      if (reason === undefined) return { kind: 'delivered' };
      return attempt < HTTP_RETRIES ? { kind: 'retry', afterMs: HTTP_RETRY_MS, reason } : { kind: 'gave-up', reason };
    }
  }
}

/** @returns why it did not arrive; undefined where it did */
async function post({ arn, endpoint, rawDelivery }: Subscription, message: Message): Promise<string | undefined> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': 'Notification',
        'x-amz-sns-message-id': message.id,
        'x-amz-sns-topic-arn': message.topicArn,
        'x-amz-sns-subscription-arn': arn,
        ...(rawDelivery ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
      },
      body: rawDelivery ? message.message : notification(message),
      signal: AbortSignal.timeout(HTTP_TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.ok ? undefined : `${endpoint} answered ${response.status}`;
  } catch (error) {
    return `${endpoint}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
