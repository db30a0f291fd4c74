import type { DatabaseSync } from 'node:sqlite';

export type Protocol = 'lambda' | 'email' | 'email-json' | 'http' | 'https';
export const PROTOCOLS: readonly Protocol[] = ['lambda', 'email', 'email-json', 'http', 'https'];

export interface Topic {
  readonly arn: string;
  readonly displayName: string;
  readonly origin: 'template' | 'request';
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** Whether an HTTP endpoint gets the message as it is, without an envelope. */
  readonly rawDelivery: boolean;
  readonly origin: 'template' | 'request';
}

export const TOPIC_SCHEMA = `
  CREATE TABLE IF NOT EXISTS topics (arn TEXT PRIMARY KEY, topic TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS subscriptions (arn TEXT PRIMARY KEY, subscription TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Topics and subscriptions. Those of templates are named by them at each start; those of requests are on disk. */
export interface TopicTable {
  readonly topics: ReadonlyMap<string, Topic>;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  putTopic(topic: Topic): void;
  putSubscription(subscription: Subscription): void;
  removeTopic(arn: string): void;
  removeSubscription(arn: string): void;
}

export function openTopicTable(database: DatabaseSync): TopicTable {
  const read = (table: 'topics' | 'subscriptions', column: string): unknown[] =>
    (database.prepare(`SELECT ${column} AS value FROM ${table}`).all() as { value: string }[]).map(({ value }) =>
      JSON.parse(value),
    );
  const topics = new Map((read('topics', 'topic') as Topic[]).map((topic) => [topic.arn, topic]));
  const subscriptions = new Map(
    (read('subscriptions', 'subscription') as Subscription[]).map((subscription) => [subscription.arn, subscription]),
  );
  const putTopic = database.prepare('INSERT OR REPLACE INTO topics VALUES (?, ?)');
  const putSubscription = database.prepare('INSERT OR REPLACE INTO subscriptions VALUES (?, ?)');
  const removeTopic = database.prepare('DELETE FROM topics WHERE arn = ?');
  const removeSubscription = database.prepare('DELETE FROM subscriptions WHERE arn = ?');
  return {
    topics,
    subscriptions,
    putTopic(topic) {
      topics.set(topic.arn, topic);
      if (topic.origin === 'request') putTopic.run(topic.arn, JSON.stringify(topic));
    },
    putSubscription(subscription) {
      subscriptions.set(subscription.arn, subscription);
      if (subscription.origin === 'request') putSubscription.run(subscription.arn, JSON.stringify(subscription));
    },
    removeTopic(arn) {
      topics.delete(arn);
      removeTopic.run(arn);
    },
    removeSubscription(arn) {
      subscriptions.delete(arn);
      removeSubscription.run(arn);
    },
  };
}
