import { PlatformError } from '../../core/domain/errors.ts';
import type { ServiceClient } from './service-client.ts';

/** One operation of DynamoDB in its JSON, without the SDK. @throws `registry.unavailable` */
export const dynamoCall =
  (client: ServiceClient) =>
  async (operation: string, input: object): Promise<Record<string, unknown>> => {
    let status: number;
    let text: string;
    try {
      const answer = await client.send({
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
        body: JSON.stringify(input),
      });
      status = answer.status;
      text = answer.bytes.toString();
    } catch (cause) {
      throw unreachable(operation, cause);
    }
    if (status === 200) return JSON.parse(text) as Record<string, unknown>;
    throw unreachable(operation, new Error(`${status}: ${text}`));
  };

const unreachable = (operation: string, cause: unknown) =>
  new PlatformError('registry.unavailable', {
    message: 'the model registry cannot be reached at the moment; try again',
    details: { operation },
    cause,
  });
