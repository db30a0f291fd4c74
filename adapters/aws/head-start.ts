import type { ModelVersion } from '../../core/contracts/api.ts';
import { isFields, isText } from '../../core/contracts/quick/guards.ts';
import { headStartKey, stateKey } from '../../core/contracts/table-keys.ts';
import type { ArtifactReader, RegistryReader } from '../../core/ports/model-reader.ts';
import type { ServiceState } from '../../core/ports/model-registry.ts';
import { type AttributeValue, fromAttributes, toAttributes } from './attribute-values.ts';
import { contentHash } from './content-hash.ts';
import { dynamoCall } from './dynamo-call.ts';
import { toState, toVersion } from './quick-items.ts';
import type { ServiceClient } from './service-client.ts';

/** What one request to the registry tells of a service that this process has not served yet. */
interface FirstLook {
  readonly state: ServiceState | undefined;
  readonly version?: ModelVersion | undefined;
  readonly model?: Uint8Array | undefined;
}

/** Services whose version and model lie ready to be asked for; more at once are asked for in the ordinary way. */
const WAITING_SERVICES = 8;

/**
 * The readers, with the first question about a service answered by one request instead of three: what serves, and beside it
 * the item that was put aside for this moment when it was rolled out. The item is a hint. Where it is absent, of another
 * version than serves, or damaged, the readers are asked.
 */
export function withHeadStart({
  client,
  tableName,
  registry,
  artifacts,
}: {
  client: ServiceClient;
  tableName: string;
  registry: RegistryReader;
  artifacts: ArtifactReader;
}): { registry: RegistryReader; artifacts: ArtifactReader } {
  const call = dynamoCall(client);
  const met = new Set<string>();
  const waiting = new Map<string, { version?: ModelVersion | undefined; model?: Uint8Array | undefined }>();

  const look = async (service: string): Promise<FirstLook> => {
    const keys = [stateKey(service), headStartKey(service)];
    const request = { Keys: keys.map(toAttributes), ConsistentRead: true };
    const { Responses } = await call('BatchGetItem', { RequestItems: { [tableName]: request } });
    const found = isFields(Responses) ? Responses[tableName] : undefined;
    const items = (Array.isArray(found) ? found : []) as Record<string, AttributeValue>[];
    const [state, hint] = keys.map(({ sk }) => items.map(fromAttributes).find((item) => item['sk'] === sk));
    // Whatever DynamoDB left out under load is asked for again.
    if (!state) return { state: await registry.findService(service) };
    return { state: await toState(state), ...(hint && (await readHint(hint))) };
  };

  return {
    registry: {
      ...registry,
      async findService(service) {
        if (met.has(service)) return registry.findService(service);
        const { state, version, model } = await look(service);
        if (!state) return undefined;
        met.add(service);
        if (version && version.version === state.champion && waiting.size < WAITING_SERVICES) {
          waiting.set(service, { version, model });
        }
        return state;
      },
      async findVersion(service, version) {
        const ready = waiting.get(service);
        if (ready?.version?.version !== version) return registry.findVersion(service, version);
        const { version: found, model } = ready;
        if (model) waiting.set(service, { model, version: found });
        else waiting.delete(service);
        return found;
      },
    },
    artifacts: {
      async readArtifact(sha256, version) {
        const ready = waiting.get(version.service);
        if (ready?.version?.version !== version.version || !ready.model) return artifacts.readArtifact(sha256, version);
        waiting.delete(version.service);
        return ready.model;
      },
    },
  };
}

/** Nothing where the hint is not what a rollout puts aside: it is only a hint. */
async function readHint(hint: Record<string, unknown>): Promise<Pick<FirstLook, 'version' | 'model'>> {
  const { version: item, model, modelSha256 } = hint;
  const version = isFields(item) ? await toVersion(item).catch(() => undefined) : undefined;
  const read = { version };
  if (!(model instanceof Uint8Array && isText(modelSha256))) return read;
  return contentHash(model) === modelSha256 ? { ...read, model } : read;
}
