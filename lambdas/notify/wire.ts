import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoNoticeLog } from '../../adapters/aws/dynamo-notice-log.ts';
import { dynamoWindowStore } from '../../adapters/aws/dynamo-window-store.ts';
import { snsChannel } from '../../adapters/aws/sns-channel.ts';
import { webhookChannel } from '../../adapters/aws/webhook-channel.ts';
import type { NotifyEnvironment } from '../../core/contracts/environment.ts';
import { slackOf, teamsOf } from '../../core/domain/alarms/format-notice.ts';
import type { NotificationChannel } from '../../core/ports/notices.ts';
import { notifyAlarm } from '../../core/usecases/notify-alarm.ts';
import { logFault } from '../_shared/log-error.ts';
import type { NotifyHandlerDependencies } from './handler.ts';

export function wire(environment: NotifyEnvironment): NotifyHandlerDependencies {
  const table = { client: DynamoDBDocumentClient.from(new DynamoDBClient()), tableName: environment.REGISTRY_TABLE };
  return {
    notify: notifyAlarm({
      notices: dynamoNoticeLog(table),
      channels: channelsOf(environment),
      windows: dynamoWindowStore(table),
      prefix: environment.ALARM_PREFIX,
      apiUrl: environment.API_URL,
      runbooks: environment.RUNBOOKS,
      log: (entry) => console.info(entry),
      onFault: logFault,
    }),
    // A lease is a matter of seconds of this machine, not of when the alarm went off.
    now: Date.now,
  };
}

function channelsOf({ TOPIC_ARN, SLACK_SECRET_ARN, TEAMS_SECRET_ARN }: NotifyEnvironment): NotificationChannel[] {
  const secrets = new SecretsManagerClient();
  return [
    ...(TOPIC_ARN === '' ? [] : [snsChannel({ client: new SNSClient(), topicArn: TOPIC_ARN })]),
    ...(SLACK_SECRET_ARN === ''
      ? []
      : [webhookChannel({ name: 'Slack', client: secrets, secretArn: SLACK_SECRET_ARN, format: slackOf })]),
    ...(TEAMS_SECRET_ARN === ''
      ? []
      : [webhookChannel({ name: 'Teams', client: secrets, secretArn: TEAMS_SECRET_ARN, format: teamsOf })]),
  ];
}
