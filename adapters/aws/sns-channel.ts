import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { mailOf } from '../../core/domain/alarms/format-notice.ts';
import type { NotificationChannel } from '../../core/ports/notices.ts';

/** E-mail to whoever has subscribed to a topic. */
export const snsChannel = ({ client, topicArn }: { client: SNSClient; topicArn: string }): NotificationChannel => ({
  name: 'e-mail',
  async send(notice) {
    const { subject, text } = mailOf(notice);
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
  },
});
