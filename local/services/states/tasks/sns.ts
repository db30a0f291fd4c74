import { XMLParser } from 'fast-xml-parser';
import { isObject } from '../language/json.ts';
import type { Integration } from './task-runner.ts';

interface Answer {
  readonly PublishResponse: { readonly PublishResult: { readonly MessageId: string } };
  readonly ErrorResponse: { readonly Error: { readonly Code: string; readonly Message: string } };
}

const OPTIMIZED = 'sns:publish';
const parser = new XMLParser({ parseTagValue: false });

/** `sns:publish`: a message to a topic, by the query protocol that SNS speaks; a message that is an object goes as its JSON. */
export const snsIntegration = (url: () => string): Integration => ({
  matches: (name) => name === OPTIMIZED || name === 'aws-sdk:sns:publish',
  takesToken: false,
  async run({ name, input }) {
    const form = new URLSearchParams({ Action: 'Publish', Version: '2010-03-31' });
    for (const [field, value] of Object.entries(isObject(input) ? input : {})) {
      if (!['TopicArn', 'Message', 'Subject'].includes(field)) {
        return { error: 'States.Runtime', cause: `sns:publish has no ${field} on the local platform` };
      }
      form.set(field, typeof value === 'string' ? value : JSON.stringify(value));
    }
    const response = await fetch(url(), { method: 'POST', body: form });
    const answer = parser.parse(await response.text()) as Answer;
    if (response.ok) return { result: { MessageId: answer.PublishResponse.PublishResult.MessageId } };
    const { Code, Message } = answer.ErrorResponse.Error;
    const type = Code.endsWith('Exception') ? Code : `${Code}Exception`;
    return { error: `${name === OPTIMIZED ? 'SNS' : 'Sns'}.${type}`, cause: Message };
  },
});
