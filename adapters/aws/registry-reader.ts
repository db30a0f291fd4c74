import type { ModelVersion } from '../../core/contracts/api.ts';
import { quickState, quickVersion } from '../../core/contracts/quick/stored-items.ts';
import { stateKey, VERSION_PREFIX, versionKey } from '../../core/contracts/table-keys.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { RegistryReader } from '../../core/ports/model-reader.ts';
import type { ServiceState } from '../../core/ports/model-registry.ts';
import { type AttributeValue, fromAttributes, toAttributes } from './attribute-values.ts';
import { getItem, queryNewestFirst } from './dynamo-requests.ts';
import type { ServiceClient } from './service-client.ts';
import { withFreeForm } from './version-item.ts';

type Item = Record<string, AttributeValue>;

/** The registry's items as `dynamoModelRegistry` reads them, without the SDK. */
export function registryReader({ client, tableName }: { client: ServiceClient; tableName: string }): RegistryReader {
  const call = async (operation: string, input: object): Promise<Record<string, unknown>> => {
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
  const get = async (key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined> => {
    const { Item } = await call('GetItem', { ...getItem(tableName, key), Key: toAttributes(key) });
    return Item === undefined ? undefined : fromAttributes(Item as Item);
  };
  return {
    async findService(service) {
      const item = await get(stateKey(service));
      return item && toState(item);
    },
    async findVersion(service, version) {
      const item = await get(versionKey(service, version));
      return item && toVersion(item);
    },
    async listVersions(service) {
      const query = queryNewestFirst(tableName, service, VERSION_PREFIX);
      const values = toAttributes(query.ExpressionAttributeValues as Record<string, string>);
      const items: Item[] = [];
      let from: unknown;
      do {
        const page = await call('Query', {
          ...query,
          ExpressionAttributeValues: values,
          ...(from !== undefined && { ExclusiveStartKey: from }),
        });
        items.push(...((page['Items'] ?? []) as Item[]));
        from = page['LastEvaluatedKey'];
      } while (from !== undefined);
      return Promise.all(items.map((item) => toVersion(fromAttributes(item))));
    },
  };
}

// The schemas decide where a quick look does not; they come with zod, which a cold start is better off without.
const toState = async (item: Record<string, unknown>): Promise<ServiceState> =>
  quickState(item) ?? (await import('./parse-stored.ts')).fromStateItem(item);
const toVersion = async (item: Record<string, unknown>): Promise<ModelVersion> =>
  quickVersion(withFreeForm(item)) ?? (await import('./parse-stored.ts')).fromVersionItem(item);

const unreachable = (operation: string, cause: unknown) =>
  new PlatformError('registry.unavailable', {
    message: 'the model registry cannot be reached at the moment; try again',
    details: { operation },
    cause,
  });
