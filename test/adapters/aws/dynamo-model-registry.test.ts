import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type BatchGetCommandInput, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoModelRegistry } from '../../../adapters/aws/dynamo-model-registry.ts';
import { appendVersionWrites, moveChampionWrites } from '../../../adapters/aws/dynamo-requests.ts';
import { requestKey, stateKey, versionKey } from '../../../core/contracts/table-keys.ts';
import { promote } from '../../../core/domain/registry/champion.ts';
import type { ModelRegistry, ServiceState } from '../../../core/ports/model-registry.ts';
import { describeModelRegistry } from '../../contracts/model-registry.contract.ts';
import { type ServedDynamoDb, serveTemporarily } from '../../local/services/dynamodb/local-dynamodb.ts';
import { aDraft, aRollout, aVersion } from '../../support/a-version.ts';
import { caughtFrom } from '../../support/caught.ts';

const TABLE = 'registry';
let served: ServedDynamoDb;
let client: DynamoDBDocumentClient;
let registry: ModelRegistry;

beforeAll(async () => {
  served = await serveTemporarily();
  const keys = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  served.service.createTable(TABLE, {
    AttributeDefinitions: keys,
    KeySchema: keys.map(({ AttributeName }, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
  });
  client = DynamoDBDocumentClient.from(served.client, { marshallOptions: { removeUndefinedValues: true } });
  registry = dynamoModelRegistry({ client, tableName: TABLE, random: Math.random, sleep });
});
afterAll(() => served.close());

describeModelRegistry('dynamo', () => registry);

describe('dynamo', () => {
  it('lists more services than one batch reads', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `many-${String(i).padStart(3, '0')}`);
    for (const service of names) await registry.appendVersion(aDraft({ service }));
    const listed = (await registry.listServices())
      .map(({ service }) => service)
      .filter((name) => name.startsWith('many-'));
    expect(listed).toEqual(names);
  });

  it('reads records that fill more than one page', async () => {
    const metadata = { text: 'x'.repeat(300_000) };
    for (let i = 0; i < 5; i += 1) await registry.appendVersion(aDraft({ service: 'pages', metadata }));
    expect((await registry.listVersions('pages')).map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
  });

  it('gives every remembered request an expiry', async () => {
    await registry.appendVersion(aDraft({ service: 'expiry' }), {
      key: 'k',
      fingerprint: 'f',
      expiresAt: 1_900_000_000,
    });
    const { Item } = await client.send(new GetCommand({ TableName: TABLE, Key: requestKey('expiry', 'k') }));
    expect(Item).toMatchObject({ version: 1, fingerprint: 'f', expiresAt: 1_900_000_000 });
  });

  it('fails for a stored item that is not what it should be', async () => {
    await client.send(
      new PutCommand({ TableName: TABLE, Item: { ...stateKey('bad'), service: 'bad', champion: 'one' } }),
    );
    await expect(registry.findService('bad')).rejects.toThrow();
    await client.send(new PutCommand({ TableName: TABLE, Item: { ...versionKey('bad', 1), service: 'bad' } }));
    await expect(registry.findVersion('bad', 1)).rejects.toThrow();
  });

  it('fails as unavailable when nothing answers, whatever is asked', async () => {
    const nowhere = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const down = dynamoModelRegistry({
      client: DynamoDBDocumentClient.from(nowhere),
      tableName: TABLE,
      random: () => 0,
      sleep,
    });
    const next = promote({ ...state('down'), latestVersion: 1 }, 1, NOW);
    for (const attempt of [
      () => down.findService('down'),
      () => down.findVersion('down', 1),
      () => down.listServices(),
      () => down.listVersions('down'),
      () => down.listRollouts('down'),
      () => down.appendVersion(aDraft({ service: 'down' })),
      () => down.moveChampion(next, aRollout(next)),
    ]) {
      const error = await caughtFrom(attempt());
      expect(error).toMatchObject({ code: 'registry.unavailable', cause: expect.any(Error) });
      expect(error.message).not.toContain('127.0.0.1');
    }
    nowhere.destroy();
  });

  it('fails as unavailable when the table is not there', async () => {
    const lost = dynamoModelRegistry({ client, tableName: 'no-such-table', random: () => 0, sleep });
    expect((await caughtFrom(lost.findService('x'))).code).toBe('registry.unavailable');
    expect((await caughtFrom(lost.appendVersion(aDraft()))).code).toBe('registry.unavailable');
  });
});

const NOW = '2026-06-01T12:00:00.000Z';
const state = (service: string): ServiceState => ({
  service,
  latestVersion: 3,
  champion: null,
  earlierChampions: [],
  revision: 0,
  updatedAt: NOW,
});

/** A client whose answers are made here, for what a real table does once in a million requests. */
function scripted(answer: (operation: string, input: unknown) => unknown): DynamoDBDocumentClient {
  const send = async (command: { input: unknown }) => answer(command.constructor.name, command.input);
  return { send } as unknown as DynamoDBDocumentClient;
}

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe('dynamo, in bad weather', () => {
  const patient = { tableName: TABLE, random: () => 0.5, sleep: async () => undefined };

  it('asks again for what a batch left unread', async () => {
    const asked: number[] = [];
    const names = ['a', 'b', 'c'];
    const client = scripted((operation, input) => {
      if (operation === 'QueryCommand') return { Items: names.map((sk) => ({ pk: 'SERVICES', sk })) };
      const keys = (input as BatchGetCommandInput).RequestItems?.[TABLE]?.Keys ?? [];
      asked.push(keys.length);
      const [read, ...left] = keys;
      const unread = left.length > 0 ? { UnprocessedKeys: { [TABLE]: { Keys: left } } } : {};
      return { Responses: { [TABLE]: [state(String(read?.['pk']).replace('SERVICE#', ''))] }, ...unread };
    });
    expect((await dynamoModelRegistry({ ...patient, client }).listServices()).map(({ service }) => service)).toEqual(
      names,
    );
    expect(asked).toEqual([3, 2, 1]);
  });

  it('fails as contended when others are always first, after pauses that stay short', async () => {
    const pausesMs: number[] = [];
    const client = scripted((operation) => {
      if (operation === 'TransactWriteCommand') throw cancelled('ConditionalCheckFailed', 'None');
      return {};
    });
    const sleep = async (ms: number) => void pausesMs.push(ms);
    const error = await caughtFrom(dynamoModelRegistry({ ...patient, client, sleep }).appendVersion(aDraft()));
    expect(error).toMatchObject({ code: 'registry.contended', details: { attempts: pausesMs.length } });
    expect(Math.max(...pausesMs)).toBeLessThanOrEqual(250);
  });

  it.each(['TransactionConflict', 'None'])(
    'tries a promotion again that met %s while the revision stands',
    async (code) => {
      let writes = 0;
      const client = scripted((operation) => {
        if (operation === 'GetCommand') return { Item: state('fraud') };
        writes += 1;
        if (writes < 3) throw cancelled(code, 'None');
        return {};
      });
      const next = promote(state('fraud'), 2, NOW);
      expect(await dynamoModelRegistry({ ...patient, client }).moveChampion(next, aRollout(next))).toEqual(
        aRollout(next),
      );
      expect(writes).toBe(3);
    },
  );

  it('fails as a conflict when a promotion keeps meeting other transactions', async () => {
    const client = scripted((operation) => {
      if (operation === 'GetCommand') return { Item: state('fraud') };
      throw cancelled('TransactionConflict', 'None');
    });
    const next = promote(state('fraud'), 2, NOW);
    const error = await caughtFrom(dynamoModelRegistry({ ...patient, client }).moveChampion(next, aRollout(next)));
    expect(error.code).toBe('registry.revision_conflict');
  });

  it.each([['ThrottlingError'], ['ValidationError']])(
    'fails as unavailable for %s, without trying again',
    async (code) => {
      let writes = 0;
      const client = scripted((operation) => {
        if (operation === 'GetCommand') return {};
        writes += 1;
        throw cancelled('None', code);
      });
      const error = await caughtFrom(dynamoModelRegistry({ ...patient, client }).appendVersion(aDraft()));
      expect(error.code).toBe('registry.unavailable');
      expect(writes).toBe(1);
    },
  );
});

describe('what is asked of DynamoDB', () => {
  const conditions = (input: ReturnType<typeof appendVersionWrites>) =>
    (input.TransactItems ?? []).map(({ Put, Update }) => Put?.ConditionExpression ?? Update?.ConditionExpression);
  const once = { key: 'k', fingerprint: 'f', expiresAt: 1 };

  it('is every write on a condition, so that a race is lost as a whole', () => {
    const first = 'attribute_not_exists(pk)';
    expect(conditions(appendVersionWrites(TABLE, aVersion({ version: 1 }), once))).toEqual([
      first,
      first,
      first,
      first,
    ]);
    expect(conditions(appendVersionWrites(TABLE, aVersion({ version: 2 }), undefined))).toEqual([
      'latestVersion = :before',
      first,
    ]);
    const next = promote(state('fraud'), 2, NOW);
    expect(conditions(moveChampionWrites(TABLE, { next, rollout: aRollout(next) }, once))).toEqual([
      'revision = :before',
      first,
      first,
    ]);
  });
});
