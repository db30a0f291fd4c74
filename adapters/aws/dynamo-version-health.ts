import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { PlatformError } from '../../core/domain/errors.ts';
import { CRASHES_TO_QUARANTINE } from '../../core/domain/registry/quarantine.ts';
import type { CrashRecords, Quarantine } from '../../core/ports/version-health.ts';
import {
  countCrashRequest,
  listHealthRequest,
  quarantineRequest,
  readHealthRequest,
  releaseRequest,
  restartCountRequest,
} from './health-requests.ts';
import { ifLive } from './if-live.ts';
import { fromHealthItem } from './parse-stored.ts';

/** How often a count that others keep changing is tried for. */
const COUNT_ATTEMPTS = 5;

/** The crashes of versions in the registry's table; see core/contracts/table-keys.ts. */
export function dynamoVersionHealth({
  client,
  tableName,
}: {
  client: DynamoDBDocumentClient;
  tableName: string;
}): CrashRecords & Quarantine {
  const find: CrashRecords['find'] = async (service, version, { now }) => {
    const { Item } = await client.send(new GetCommand(readHealthRequest(tableName, service, version)));
    const live = ifLive(Item, now);
    return live && fromHealthItem(live);
  };

  /** @returns undefined where the condition does not hold */
  const update = async (input: UpdateCommandInput): Promise<Record<string, unknown> | undefined> => {
    const written = await ifConditionHolds(client.send(new UpdateCommand(input)));
    return written && (written.Attributes ?? {});
  };

  return {
    find,
    async record(service, version, { now, reason }) {
      const crash = { version, now, reason };
      for (let attempt = 1; attempt <= COUNT_ATTEMPTS; attempt += 1) {
        const counted = await update(countCrashRequest(tableName, service, crash));
        if (counted) {
          const health = fromHealthItem(counted);
          if (health.crashes < CRASHES_TO_QUARANTINE) return health;
          return fromHealthItem((await update(quarantineRequest(tableName, service, crash))) ?? {});
        }
        const known = await find(service, version, { now });
        if (known?.quarantinedAt !== undefined) return known;
        const restart = restartCountRequest(tableName, service, crash);
        if (await ifConditionHolds(client.send(new PutCommand(restart)))) return fromHealthItem(restart.Item ?? {});
      }
      throw new Error(`the crashes of version ${version} of ${service} could not be counted ${COUNT_ATTEMPTS} times`);
    },
    async list(service) {
      // A service has a handful of versions that have crashed lately: they fit one page of 1 MB.
      const { Items = [] } = await client.send(new QueryCommand(listHealthRequest(tableName, service)));
      return Items.map((item) => fromHealthItem(item)).filter(({ quarantinedAt }) => quarantinedAt !== undefined);
    },
    async release(service, version, { now }) {
      if (await update(releaseRequest(tableName, service, { version, now }))) return;
      throw new PlatformError('registry.not_quarantined', {
        message: `version ${version} of ${service} is not quarantined; GET /api/services/${service}/quarantine lists those that are`,
        details: { service, version },
      });
    },
  };
}

async function ifConditionHolds<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
