import { createHash, randomUUID } from 'node:crypto';
import type { AgendaSource } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import { createDeliveryQueue, type DeadLetter } from './delivery/delivery-queue.ts';
import type { TargetKind, Targets } from './delivery/targets.ts';
import { AwsError } from './rpc/aws-error.ts';
import type { LocalService } from './service.ts';
import { deliver } from './sns/deliver.ts';
import { createMailbox, MAIL_SCHEMA, type Mail } from './sns/mailbox.ts';
import type { Message } from './sns/notification.ts';
import { invalidParameter, notFound, OPERATIONS, type TopicOperations } from './sns/operations.ts';
import { readQuery, sendQueryAnswer, sendQueryError } from './sns/query-exchange.ts';
import { openTopicTable, type Subscription, TOPIC_SCHEMA } from './sns/topic-table.ts';
import { inTransaction, openSqlite } from './sqlite.ts';

export interface SnsService extends LocalService {
  readonly sources: readonly AgendaSource[];
  /** @returns the topic's ARN */
  createTopic(name: string, displayName: string): string;
  /** @throws AwsError where the topic or the function is not there. @returns the subscription's ARN */
  subscribe(subscription: Omit<Subscription, 'arn' | 'origin'>): string;
  /** Topics as targets of others. */
  readonly target: TargetKind;
  /** @throws NotFound. @returns the message's id */
  publish(message: { topicArn: string; subject?: string; message: string }): string;
  /** E-mail that would have been sent, newest first. */
  mails(): Mail[];
  deadLetters(): DeadLetter[];
}

/**
 * SNS on one machine: topics whose subscribers are functions, HTTP endpoints, and people, whose e-mail is kept to be read. Every
 * subscription counts as confirmed.
 */
export function createSnsService({
  directory,
  clock,
  account,
  region,
  targets,
}: {
  directory: string;
  clock: Clock;
  account: string;
  region: string;
  targets: Targets;
}): SnsService {
  const database = openSqlite(directory, 'sns.sqlite', TOPIC_SCHEMA + MAIL_SCHEMA);
  const table = openTopicTable(database);
  const mailbox = createMailbox(database);
  const queue = createDeliveryQueue(
    database,
    async ({ id, target, payload, attempt }) => {
      const subscription = table.subscriptions.get(target);
      if (subscription === undefined) return { kind: 'gave-up', reason: `there is no subscription ${target}` };
      const message = JSON.parse(payload) as Message;
      return await deliver({ id, subscription, message, attempt }, { targets, mailbox });
    },
    clock.now,
  );
  const topicArn = (name: string): string => `arn:aws:sns:${region}:${account}:${name}`;

  const publish = (given: Omit<Message, 'id' | 'atMs'>): string => {
    if (!table.topics.has(given.topicArn)) throw notFound('Topic');
    const message: Message = { ...given, id: randomUUID(), atMs: clock.now() };
    inTransaction(database, () => {
      for (const subscription of table.subscriptions.values()) {
        if (subscription.topicArn !== given.topicArn) continue;
        queue.add({ target: subscription.arn, payload: message, atMs: message.atMs });
      }
    });
    return message.id;
  };

  const subscribe = (subscription: Omit<Subscription, 'arn'>): string => {
    const { topicArn: topic, protocol, endpoint } = subscription;
    if (!table.topics.has(topic)) throw notFound('Topic');
    const refusal = protocol === 'lambda' ? targets.refusal(endpoint) : undefined;
    if (refusal !== undefined) throw invalidParameter(refusal);
    if (protocol.startsWith('http') && !endpoint.startsWith(`${protocol}://`)) throw invalidParameter('Endpoint');
    if (protocol.startsWith('email') && !endpoint.includes('@')) throw invalidParameter('Email address');
    // The same every time: subscribing twice is subscribing once, and a restart finds what is on its way.
    const arn = `${topic}:${stableUuid([topic, protocol, endpoint])}`;
    table.putSubscription({ ...subscription, arn });
    return arn;
  };

  const operations: TopicOperations = {
    table,
    account,
    topicArn,
    publish,
    createTopic(name) {
      const arn = topicArn(name);
      if (!table.topics.has(arn)) table.putTopic({ arn, displayName: '', origin: 'request' });
      return arn;
    },
    subscribe: (subscription) => subscribe({ ...subscription, origin: 'request' }),
  };

  return {
    endpointId: 'SNS',
    async handle(request, response) {
      try {
        const parameters = await readQuery(request);
        const name = parameters.get('Action') ?? '';
        const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
        if (operation === undefined) throw unknownAction(name);
        sendQueryAnswer(response, name, operation(parameters, operations));
      } catch (error) {
        // A client that went away in mid-request gets no answer and is no bug.
        if (request.destroyed && !request.complete) return;
        if (!(error instanceof AwsError)) throw error;
        sendQueryError(response, error);
      }
    },
    sources: [queue],
    createTopic(name, displayName) {
      const arn = topicArn(name);
      table.putTopic({ arn, displayName, origin: 'template' });
      return arn;
    },
    subscribe: (subscription) => subscribe({ ...subscription, origin: 'template' }),
    target: {
      refusal: (arn) => (table.topics.has(arn) ? undefined : `there is no topic ${arn}`),
      async deliver({ arn, payload }) {
        publish({ topicArn: arn, subject: undefined, message: payload, attributes: {} });
        return { kind: 'delivered' };
      },
    },
    publish: ({ topicArn: arn, subject, message }) => publish({ topicArn: arn, subject, message, attributes: {} }),
    mails: () => mailbox.list(),
    deadLetters: () => queue.deadLetters(),
    close: () => database.close(),
  };
}

const unknownAction = (name: string) =>
  new AwsError(
    'InvalidAction',
    `the local SNS does not implement the operation '${name}'; it has ${Object.keys(OPERATIONS).join(', ')}`,
  );

function stableUuid(parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
