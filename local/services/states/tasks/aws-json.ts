import { isObject } from '../language/json.ts';
import type { Integration } from './task-runner.ts';

/** A service that speaks AWS JSON, as tasks name it. */
export interface JsonService {
  /** As in `aws-sdk:dynamodb:getItem`. */
  readonly name: string;
  /** As in `DynamoDb.ConditionalCheckFailedException`; the optimized integration of DynamoDB writes it another way. */
  readonly errorPrefix: string;
  readonly optimizedErrorPrefix: string;
  /** As in the header `x-amz-target`. */
  readonly target: string;
  /** Actions that have an integration of their own, as `dynamodb:getItem`. */
  readonly optimized: readonly string[];
}

export const JSON_SERVICES: readonly (JsonService & { readonly endpoint: string })[] = [
  {
    name: 'dynamodb',
    errorPrefix: 'DynamoDb',
    optimizedErrorPrefix: 'DynamoDB',
    target: 'DynamoDB_20120810',
    endpoint: 'DYNAMODB',
    optimized: ['getItem', 'putItem', 'updateItem', 'deleteItem'],
  },
  {
    name: 'eventbridge',
    errorPrefix: 'EventBridge',
    optimizedErrorPrefix: 'EventBridge',
    target: 'AWSEvents',
    endpoint: 'EVENTBRIDGE',
    optimized: [],
  },
];

/** Tasks that are one request to a local service: `aws-sdk:SERVICE:action`, and the same by its optimized name. */
export const jsonIntegration = (service: JsonService, url: () => string): Integration => {
  const prefix = `aws-sdk:${service.name}:`;
  return {
    matches: (name) =>
      name.startsWith(prefix) || service.optimized.some((action) => name === `${service.name}:${action}`),
    takesToken: false,
    async run({ name, input }) {
      const action = name.split(':').at(-1) ?? '';
      const operation = `${action[0]?.toUpperCase()}${action.slice(1)}`;
      const response = await fetch(url(), {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `${service.target}.${operation}` },
        body: JSON.stringify(input),
      });
      const text = await response.text();
      const answer: unknown = text === '' ? {} : JSON.parse(text);
      if (response.ok) return { result: answer };
      const { __type: type, message, Message } = (isObject(answer) ? answer : {}) as Record<string, unknown>;
      const error = String(type ?? 'SdkClientException')
        .split('#')
        .at(-1);
      const errors = name.startsWith(prefix) ? service.errorPrefix : service.optimizedErrorPrefix;
      return { error: `${errors}.${error}`, cause: String(message ?? Message ?? text) };
    },
  };
};

/** `events:putEvents`: an entry that is refused fails the task. */
export const putEventsIntegration = (url: () => string): Integration => {
  const events = JSON_SERVICES.find(({ name }) => name === 'eventbridge') as JsonService;
  const inner = jsonIntegration(events, url);
  return {
    matches: (name) => name === 'events:putEvents',
    takesToken: false,
    async run(call) {
      const { Entries = [] } = (isObject(call.input) ? call.input : {}) as { Entries?: { Detail?: unknown }[] };
      // Its Detail may be an object; EventBridge itself takes text.
      const entries = Entries.map((each) => ({
        ...each,
        ...(isObject(each.Detail) && { Detail: JSON.stringify(each.Detail) }),
      }));
      const outcome = await inner.run({ ...call, name: 'aws-sdk:eventbridge:putEvents', input: { Entries: entries } });
      if ('error' in outcome) return outcome;
      const { FailedEntryCount = 0 } = outcome.result as { FailedEntryCount?: number };
      return FailedEntryCount === 0
        ? outcome
        : { error: 'EventBridge.FailedEntry', cause: JSON.stringify(outcome.result) };
    },
  };
};
