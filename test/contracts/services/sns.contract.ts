import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  type SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface OpenedSns {
  readonly client: SNSClient;
  close(): Promise<void>;
}

/** What every SNS must do that the platform uses. */
export function describeSns(name: string, open: () => Promise<OpenedSns>): void {
  describe(`SNS: ${name}`, () => {
    let sns: OpenedSns;
    beforeAll(async () => {
      sns = await open();
    }, 60_000);
    afterAll(() => sns?.close());

    const topic = async (Name: string) => (await sns.client.send(new CreateTopicCommand({ Name }))).TopicArn ?? '';

    it('creates a topic, once however often it is asked', async () => {
      const arn = await topic('pages');
      expect(arn).toMatch(/^arn:aws:sns:us-east-1:\d{12}:pages$/);
      expect(await topic('pages')).toBe(arn);
      const { Topics } = await sns.client.send(new ListTopicsCommand({}));
      expect(Topics?.filter(({ TopicArn }) => TopicArn === arn)).toHaveLength(1);
      const { Attributes } = await sns.client.send(new GetTopicAttributesCommand({ TopicArn: arn }));
      expect(Attributes).toMatchObject({ TopicArn: arn });
    });

    it('publishes with a subject and answers an id', async () => {
      const { MessageId } = await sns.client.send(
        new PublishCommand({
          TopicArn: await topic('published'),
          Subject: 'drift',
          Message: 'amount moved <by> 0.3 & more',
        }),
      );
      expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('keeps subscriptions, and forgets them', async () => {
      const TopicArn = await topic('subscribed');
      const subscribe = new SubscribeCommand({
        TopicArn,
        Protocol: 'email',
        Endpoint: 'a@example.com',
        ReturnSubscriptionArn: true,
      });
      const { SubscriptionArn } = await sns.client.send(subscribe);
      const list = async () => (await sns.client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions;
      expect(await list()).toEqual([
        expect.objectContaining({ Protocol: 'email', Endpoint: 'a@example.com', TopicArn }),
      ]);
      await sns.client.send(new UnsubscribeCommand({ SubscriptionArn }));
      expect(await list()).toEqual([]);
    });

    it.each([
      ['to publish to a topic that is not there', 'none', 'NotFoundException'],
      ['to publish a subject of more than 100 characters', 'subject', 'InvalidParameterException'],
    ])('fails %s', async (_, name, error) => {
      const TopicArn = name === 'none' ? 'arn:aws:sns:us-east-1:123456789012:none' : await topic(name);
      const publish = new PublishCommand({ TopicArn, Message: 'a', Subject: 'x'.repeat(name === 'subject' ? 101 : 1) });
      await expect(sns.client.send(publish)).rejects.toMatchObject({ name: error });
    });
  });
}
