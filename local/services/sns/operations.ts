import { AwsError } from '../rpc/aws-error.ts';
import type { Message } from './notification.ts';
import { readMap } from './query-exchange.ts';
import { PROTOCOLS, type Protocol, type Subscription, type TopicTable } from './topic-table.ts';

const MESSAGE_LIMIT_BYTES = 262_144;
const SUBJECT_LIMIT = 100;

export interface TopicOperations {
  readonly table: TopicTable;
  readonly account: string;
  topicArn(name: string): string;
  createTopic(name: string): string;
  /** @throws AwsError where the topic or the endpoint is not there */
  subscribe(subscription: Omit<Subscription, 'arn' | 'origin'>): string;
  publish(message: Omit<Message, 'id' | 'atMs'>): string;
}

type Operation = (parameters: URLSearchParams, operations: TopicOperations) => object;

export const invalidParameter = (message: string) => new AwsError('InvalidParameter', `Invalid parameter: ${message}`);
export const notFound = (what: string) => new AwsError('NotFound', `${what} does not exist`, { statusCode: 404 });

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (value === null || value === '') throw invalidParameter(`${name} is required`);
  return value;
}

/** The operations of SNS that are available here, by name. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateTopic(parameters, operations) {
    const name = required(parameters, 'Name');
    if (!/^[-\w]{1,256}$/.test(name)) throw invalidParameter('Topic Name');
    return { TopicArn: operations.createTopic(name) };
  },
  DeleteTopic(parameters, { table }) {
    table.removeTopic(required(parameters, 'TopicArn'));
    return {};
  },
  GetTopicAttributes(parameters, { table, account }) {
    const arn = required(parameters, 'TopicArn');
    const topic = table.topics.get(arn);
    if (topic === undefined) throw notFound('Topic');
    const count = [...table.subscriptions.values()].filter(({ topicArn }) => topicArn === arn).length;
    const attributes = { TopicArn: arn, Owner: account, DisplayName: topic.displayName, SubscriptionsConfirmed: count };
    return { Attributes: new Map(Object.entries(attributes)) };
  },
  ListSubscriptionsByTopic(parameters, { table, account }) {
    const arn = required(parameters, 'TopicArn');
    if (!table.topics.has(arn)) throw notFound('Topic');
    const found = [...table.subscriptions.values()].filter(({ topicArn }) => topicArn === arn);
    return {
      Subscriptions: found.map(({ arn: SubscriptionArn, protocol, endpoint }) => ({
        SubscriptionArn,
        Owner: account,
        Protocol: protocol,
        Endpoint: endpoint,
        TopicArn: arn,
      })),
    };
  },
  ListTopics: (_parameters, { table }) => ({ Topics: [...table.topics.keys()].map((TopicArn) => ({ TopicArn })) }),
  Publish(parameters, operations) {
    const topicArn = parameters.get('TopicArn') ?? parameters.get('TargetArn');
    if (topicArn === null) throw invalidParameter('TopicArn or TargetArn is required; there are no phones here');
    return { MessageId: operations.publish(readMessage(parameters, topicArn)) };
  },
  Subscribe(parameters, operations) {
    const protocol = required(parameters, 'Protocol');
    if (!PROTOCOLS.includes(protocol as Protocol)) {
      throw invalidParameter(
        `the protocol ${protocol} is not available on the local platform, which has ${PROTOCOLS.join(', ')}`,
      );
    }
    const attributes = readMap(parameters, 'Attributes');
    const unknown = [...attributes.keys()].filter((name) => name !== 'RawMessageDelivery');
    if (unknown.length > 0)
      throw invalidParameter(`the attribute ${unknown.join(', ')} is not available on the local platform`);
    const arn = operations.subscribe({
      topicArn: required(parameters, 'TopicArn'),
      protocol: protocol as Protocol,
      endpoint: required(parameters, 'Endpoint'),
      rawDelivery: attributes.get('RawMessageDelivery') === 'true',
    });
    return { SubscriptionArn: arn };
  },
  Unsubscribe(parameters, { table }) {
    table.removeSubscription(required(parameters, 'SubscriptionArn'));
    return {};
  },
};

function readMessage(parameters: URLSearchParams, topicArn: string): Omit<Message, 'id' | 'atMs'> {
  const message = required(parameters, 'Message');
  const subject = parameters.get('Subject') ?? undefined;
  if (Buffer.byteLength(message) > MESSAGE_LIMIT_BYTES) throw invalidParameter('Message too long');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what SNS refuses here.
  if (subject !== undefined && (subject.length > SUBJECT_LIMIT || /[\x00-\x1f\x7f]/.test(subject)))
    throw invalidParameter('Subject');
  if (parameters.get('MessageStructure') !== null)
    throw invalidParameter('MessageStructure is not available on the local platform');
  const types = readMap(parameters, 'MessageAttributes', ['Name', 'Value.DataType']);
  const values = readMap(parameters, 'MessageAttributes', ['Name', 'Value.StringValue']);
  const attributes = [...types].map(([name, Type]) => [name, { Type, Value: values.get(name) ?? '' }] as const);
  return { topicArn, subject, message, attributes: Object.fromEntries(attributes) };
}
