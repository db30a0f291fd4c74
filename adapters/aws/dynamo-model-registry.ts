import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { type ModelVersion, Rollout } from '../../core/contracts/api.ts';
import { StoredRequest } from '../../core/contracts/stored.ts';
import {
  DIRECTORY_PARTITION,
  ROLLOUT_PREFIX,
  requestKey,
  rolloutKey,
  stateKey,
  VERSION_PREFIX,
  versionKey,
} from '../../core/contracts/table-keys.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { ModelRegistry, ServiceState } from '../../core/ports/model-registry.ts';
import { chunks } from './chunks.ts';
import {
  appendVersionWrites,
  getItem,
  moveChampionWrites,
  putHeadStartRequest,
  queryNewestFirst,
} from './dynamo-requests.ts';
import { fromStateItem, fromVersionItem } from './parse-stored.ts';

/** How often the next number is tried for before a registration gives up: 50 rivals at once need about 50 rounds. */
const APPEND_ATTEMPTS = 200;
/** How often a promotion that met another transaction, but no other promotion, is repeated. */
const MOVE_ATTEMPTS = 10;
const BATCH_GET_LIMIT = 100;

export interface DynamoModelRegistryOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Uniform in [0, 1): spreads rivals for the same version number. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The registry on one DynamoDB table; see core/contracts/table-keys.ts for its items. */
export function dynamoModelRegistry({ client, tableName, random, sleep }: DynamoModelRegistryOptions): ModelRegistry {
  const get = async (key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined> =>
    reach('GetItem', async () => (await client.send(new GetCommand(getItem(tableName, key)))).Item);

  const queryAll = async (input: QueryCommandInput): Promise<Record<string, unknown>[]> => {
    const items: Record<string, unknown>[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await reach('Query', () =>
        client.send(new QueryCommand({ ...input, ...(from && { ExclusiveStartKey: from }) })),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from);
    return items;
  };

  /** Writes all or nothing. @returns false when a condition failed or another transaction was in the way */
  const write = async (input: TransactWriteCommandInput): Promise<boolean> => {
    try {
      await client.send(new TransactWriteCommand(input));
      return true;
    } catch (error) {
      const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
      if (reasons.length > 0 && reasons.every(({ Code }) => LOST_RACE.has(Code ?? 'None'))) return false;
      throw unreachable('TransactWriteItems', error);
    }
  };

  const findService = async (service: string): Promise<ServiceState | undefined> => {
    const item = await get(stateKey(service));
    return item && fromStateItem(item);
  };

  const findRequest: ModelRegistry['findRequest'] = async (service, idempotency) => {
    const item = await get(requestKey(service, idempotency.key));
    if (!item) return undefined;
    const { fingerprint, ...result } = StoredRequest.parse(item);
    if (fingerprint !== idempotency.fingerprint) throw idempotencyMismatch(idempotency.key);
    return {
      ...(result.version !== undefined && { version: result.version }),
      ...(result.rolloutId && { rolloutId: result.rolloutId }),
    };
  };

  const findVersion: ModelRegistry['findVersion'] = async (service, version) => {
    const item = await get(versionKey(service, version));
    return item && fromVersionItem(item);
  };

  const findRollout: ModelRegistry['findRollout'] = async (service, id) => {
    const item = await get(rolloutKey(service, id));
    return item && Rollout.parse(item);
  };

  return {
    findService,
    findVersion,
    findRollout,
    findRequest,

    async listServices() {
      const directory = await queryAll({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': DIRECTORY_PARTITION },
        ConsistentRead: true,
      });
      const states: ServiceState[] = [];
      for (const names of chunks(
        directory.map(({ sk }) => String(sk)),
        BATCH_GET_LIMIT,
      )) {
        states.push(...(await batchGet(client, tableName, names.map(stateKey))).map(fromStateItem));
      }
      return states.sort((a, b) => (a.service < b.service ? -1 : 1));
    },

    async listVersions(service) {
      const items = await queryAll(queryNewestFirst(tableName, service, VERSION_PREFIX));
      return items.map(fromVersionItem);
    },

    async listRollouts(service) {
      const items = await queryAll(queryNewestFirst(tableName, service, ROLLOUT_PREFIX));
      return items.map((item) => Rollout.parse(item));
    },

    async appendVersion(draft, idempotency) {
      const { service } = draft;
      for (let attempt = 1; attempt <= APPEND_ATTEMPTS; attempt += 1) {
        const state = await findService(service);
        const version: ModelVersion = { ...draft, version: (state?.latestVersion ?? 0) + 1 };
        if (await write(appendVersionWrites(tableName, version, idempotency))) return version;
        // The rival may have been this very request, come twice.
        const repeated = idempotency && (await findRequest(service, idempotency));
        const earlier = repeated?.version === undefined ? undefined : await findVersion(service, repeated.version);
        if (earlier) return earlier;
        await sleep(random() * Math.min(10 * attempt, 250));
      }
      throw new PlatformError('registry.contended', {
        message: `others kept registering versions of ${service} first, ${APPEND_ATTEMPTS} times; nothing was written, try again`,
        details: { service, attempts: APPEND_ATTEMPTS },
      });
    },

    async putHeadStart(headStart) {
      await reach('PutItem', () => client.send(new PutCommand(putHeadStartRequest(tableName, headStart))));
    },

    async moveChampion(next, rollout, idempotency) {
      const { service } = next;
      for (let attempt = 1; attempt <= MOVE_ATTEMPTS; attempt += 1) {
        if (await write(moveChampionWrites(tableName, { next, rollout }, idempotency))) return rollout;
        const repeated = idempotency && (await findRequest(service, idempotency));
        const earlier = repeated?.rolloutId === undefined ? undefined : await findRollout(service, repeated.rolloutId);
        if (earlier) return earlier;
        const state = await findService(service);
        // The revision still stands: a registration was writing the same item, which is no conflict of intent.
        if (state?.revision !== next.revision - 1) break;
        await sleep(random() * 20 * attempt);
      }
      throw new PlatformError('registry.revision_conflict', {
        message: `what serves ${service} was changed by somebody else at the same time; nothing was written, look again and repeat`,
        details: { service, expected: next.revision - 1 },
      });
    },
  };
}

const LOST_RACE = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);

async function batchGet(
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: { pk: string; sk: string }[],
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let missing: Record<string, unknown>[] = keys;
  while (missing.length > 0) {
    const input: BatchGetCommandInput = { RequestItems: { [tableName]: { Keys: missing, ConsistentRead: true } } };
    const answer = await reach('BatchGetItem', () => client.send(new BatchGetCommand(input)));
    items.push(...(answer.Responses?.[tableName] ?? []));
    missing = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return items;
}

async function reach<T>(operation: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw unreachable(operation, error);
  }
}

const unreachable = (operation: string, cause: unknown) =>
  new PlatformError('registry.unavailable', {
    message: 'the model registry cannot be reached at the moment; try again',
    details: { operation },
    cause,
  });

const idempotencyMismatch = (key: string) =>
  new PlatformError('registry.idempotency_mismatch', {
    message: `the Idempotency-Key ${JSON.stringify(key)} was used before with another request; use a new key for a new request`,
    details: { key },
  });
