/** A message of a topic. */
export interface Message {
  readonly id: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** `Type` and `Value` by name. */
  readonly attributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
  readonly atMs: number;
}

/** Nothing signs on one machine; the members are there because programs read them. */
const NO_SIGNATURE = 'local';

/** What a function gets. */
export const functionEvent = (message: Message, subscriptionArn: string): string =>
  JSON.stringify({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          ...common(message),
          Subject: message.subject ?? null,
          SigningCertUrl: NO_SIGNATURE,
          UnsubscribeUrl: NO_SIGNATURE,
          MessageAttributes: message.attributes,
        },
      },
    ],
  });

/** What an HTTP endpoint and `email-json` get. */
export const notification = (message: Message): string =>
  JSON.stringify({
    ...common(message),
    ...(message.subject === undefined ? {} : { Subject: message.subject }),
    SigningCertURL: NO_SIGNATURE,
    UnsubscribeURL: NO_SIGNATURE,
    ...(Object.keys(message.attributes).length === 0 ? {} : { MessageAttributes: message.attributes }),
  });

const common = ({ id, topicArn, message, atMs }: Message): Record<string, unknown> => ({
  Type: 'Notification',
  MessageId: id,
  TopicArn: topicArn,
  Message: message,
  Timestamp: new Date(atMs).toISOString(),
  SignatureVersion: '1',
  Signature: NO_SIGNATURE,
});
