import * as z from 'zod';
import { PROTOCOLS } from '../../services/sns/topic-table.ts';
import type { SnsService } from '../../services/sns.ts';
import { boolean, defineProvider, noEffect, type Providers } from '../provider.ts';

const Protocol = z.enum(PROTOCOLS as readonly [string, ...string[]], {
  error: `only ${PROTOCOLS.join(', ')} are available on the local platform`,
});

const TopicProperties = z.strictObject({
  DisplayName: z.string().default(''),
  KmsMasterKeyId: noEffect('nothing is encrypted on one machine'),
  SignatureVersion: noEffect('nothing is signed on one machine'),
  Subscription: z.array(z.strictObject({ Endpoint: z.string(), Protocol })).default([]),
  Tags: noEffect('nothing reads tags'),
  TopicName: z.string().optional(),
  TracingConfig: noEffect('there is no X-Ray'),
});

const SubscriptionProperties = z.strictObject({
  Endpoint: z.string(),
  Protocol,
  RawMessageDelivery: boolean().default(false),
  Region: noEffect('there is one region'),
  TopicArn: z.string(),
});

type GivenSubscription = Parameters<SnsService['subscribe']>[0];

/** Topics and subscriptions. */
export function snsProviders(sns: Pick<SnsService, 'createTopic' | 'subscribe'>): Providers {
  return {
    'AWS::SNS::Topic': defineProvider({
      properties: TopicProperties,
      naming: { property: 'TopicName', maxLength: 256 },
      create(resource) {
        const { name, properties } = resource;
        const arn = sns.createTopic(name, properties.DisplayName);
        for (const { Endpoint: endpoint, Protocol: protocol } of properties.Subscription) {
          const subscription = { topicArn: arn, protocol, endpoint, rawDelivery: false } as GivenSubscription;
          resource.attempt(() => sns.subscribe(subscription));
        }
        return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
      },
    }),
    'AWS::SNS::Subscription': defineProvider({
      properties: SubscriptionProperties,
      naming: { maxLength: 64 },
      create(resource) {
        const { TopicArn, Protocol: protocol, Endpoint: endpoint, RawMessageDelivery } = resource.properties;
        const subscription = {
          topicArn: TopicArn,
          protocol,
          endpoint,
          rawDelivery: RawMessageDelivery,
        } as GivenSubscription;
        const arn = resource.attempt(() => sns.subscribe(subscription));
        return { ref: arn, attributes: { Arn: arn } };
      },
    }),
  };
}
