import { Duration, Size } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { EnvironmentFor, NotifyEnvironment } from '../../core/contracts/environment.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { RegistryTable } from './registry-table.ts';

export interface NotificationProps {
  /** Addresses that are told of alarms; each has to confirm once. @default - nobody */
  readonly email?: readonly string[];
  /** Secret of Secrets Manager whose text is the URL of a Slack incoming webhook. @default - none */
  readonly slackSecretArn?: string;
  /** Secret of Secrets Manager whose text is the URL of a Teams workflow that posts webhook requests. @default - none */
  readonly teamsSecretArn?: string;
  /** Where runbooks are read. @default - the folder of this repository */
  readonly runbooks?: string;
}

export const DEFAULT_RUNBOOKS = 'docs/runbooks';

export interface AlarmNotifierProps
  extends NotificationProps,
    Omit<NodeFunctionProps, 'entry' | 'description' | 'environment' | 'memory' | 'timeout'> {
  readonly registry: RegistryTable;
  readonly alarmPrefix: string;
  readonly apiUrl: string;
}

/** Longer than three channels take. */
const TIMEOUT = Duration.seconds(60);

/** Tells people of alarms: by e-mail, Slack and Teams, once each, and again when it is over. */
export class AlarmNotifier extends NodeFunction {
  constructor(scope: Construct, id: string, props: AlarmNotifierProps) {
    const { registry, alarmPrefix, apiUrl, email = [], slackSecretArn, teamsSecretArn, runbooks, ...options } = props;
    const secrets = [slackSecretArn, teamsSecretArn].flatMap((arn) => arn ?? []);
    super(scope, id, {
      ...options,
      entry: 'notify',
      description: 'Tells people of alarms by e-mail, Slack and Teams',
      memory: Size.mebibytes(512),
      timeout: TIMEOUT,
      timeoutLimitSeconds: TIMEOUT.toSeconds(),
      environment: {
        REGISTRY_TABLE: registry.table.tableName,
        TOPIC_ARN: '',
        SLACK_SECRET_ARN: slackSecretArn ?? '',
        TEAMS_SECRET_ARN: teamsSecretArn ?? '',
        ALARM_PREFIX: alarmPrefix,
        API_URL: apiUrl,
        RUNBOOKS: runbooks ?? DEFAULT_RUNBOOKS,
      } satisfies EnvironmentFor<typeof NotifyEnvironment>,
    });
    registry.grantNotify(this.function);
    if (email.length > 0) this.addTopic(email);
    if (secrets.length > 0) {
      this.function.addToRolePolicy(
        new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: secrets }),
      );
    }
    new Rule(this, 'AlarmChanged', {
      description: 'An alarm of this platform has gone off or is over',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: [{ prefix: alarmPrefix }] },
      },
      targets: [new LambdaFunction(this.function)],
    });
  }

  private addTopic(email: readonly string[]): void {
    // Encrypted by the key that costs nothing: the function publishes by its own role, which that key allows.
    const topic = new Topic(this, 'Topic', {
      displayName: 'Keelson',
      enforceSSL: true,
      masterKey: Alias.fromAliasName(this, 'TopicKey', 'alias/aws/sns'),
    });
    for (const address of email) topic.addSubscription(new EmailSubscription(address));
    this.function.addEnvironment('TOPIC_ARN', topic.topicArn);
    this.function.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
  }
}
