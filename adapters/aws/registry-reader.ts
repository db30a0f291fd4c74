import { stateKey, VERSION_PREFIX, versionKey } from '../../core/contracts/table-keys.ts';
import type { RegistryReader } from '../../core/ports/model-reader.ts';
import { type AttributeValue, fromAttributes, toAttributes } from './attribute-values.ts';
import { dynamoCall } from './dynamo-call.ts';
import { getItem, queryNewestFirst } from './dynamo-requests.ts';
import { toState, toVersion } from './quick-items.ts';
import type { ServiceClient } from './service-client.ts';

type Item = Record<string, AttributeValue>;

/** The registry's items as `dynamoModelRegistry` reads them, without the SDK. */
export function registryReader({ client, tableName }: { client: ServiceClient; tableName: string }): RegistryReader {
  const call = dynamoCall(client);
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
