import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactReader } from '../../../adapters/aws/artifact-reader.ts';
import { dynamoModelRegistry } from '../../../adapters/aws/dynamo-model-registry.ts';
import { withHeadStart } from '../../../adapters/aws/head-start.ts';
import { registryReader } from '../../../adapters/aws/registry-reader.ts';
import { s3ArtifactStore } from '../../../adapters/aws/s3-artifact-store.ts';
import { type ServiceClientOptions, serviceClient } from '../../../adapters/aws/service-client.ts';
import { signRequest } from '../../../adapters/aws/signature-v4.ts';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import { promote } from '../../../core/domain/registry/champion.ts';
import type { ServiceState } from '../../../core/ports/model-registry.ts';
import { createClock } from '../../../local/clock.ts';
import { listen } from '../../../local/platform/listen.ts';
import { createDynamoDbService } from '../../../local/services/dynamodb.ts';
import { createS3Service } from '../../../local/services/s3.ts';
import { aDraft, aRollout, aVersion } from '../../support/a-version.ts';
import { sha256 } from '../../support/api-calls.ts';
import { caughtFrom } from '../../support/caught.ts';
import { serve } from '../../support/serve.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const NOW = '2026-06-01T00:00:00.000Z';
const folder = mkdtempSync(join(tmpdir(), 'keelson-readers-'));
const closers: (() => Promise<unknown>)[] = [];
let urls: { s3: string; dynamoDb: string };

beforeAll(async () => {
  const clock = createClock();
  const s3 = createS3Service({ directory: join(folder, 's3'), clock, credentials: CREDENTIALS });
  const dynamoDb = createDynamoDbService({ directory: join(folder, 'dynamodb'), clock });
  s3.createBucket('artifacts', {});
  dynamoDb.createTable('registry', {
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
  });
  const servers = [await serve(s3), await serve(dynamoDb)] as const;
  closers.push(...servers.map((server) => () => server.close()));
  urls = { s3: servers[0].url, dynamoDb: servers[1].url };
});
afterAll(async () => {
  for (const close of closers) await close();
  rmSync(folder, { recursive: true });
});

const client = (service: 's3' | 'dynamodb', url: string, parts: Partial<ServiceClientOptions> = {}) =>
  serviceClient({
    service,
    variables: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      [`AWS_ENDPOINT_URL_${service.toUpperCase()}`]: url,
    },
    now: Date.now,
    sleep: async () => undefined,
    timeoutMs: 2_000,
    attempts: 2,
    ...parts,
  });

const writer = () =>
  dynamoModelRegistry({
    client: DynamoDBDocumentClient.from(
      new DynamoDBClient({ endpoint: urls.dynamoDb, region: 'us-east-1', credentials: CREDENTIALS }),
      { marshallOptions: { removeUndefinedValues: true } },
    ),
    tableName: 'registry',
    random: Math.random,
    sleep: async () => undefined,
  });

describe('readers without the SDK', () => {
  it('read versions and services as the SDK wrote them', async () => {
    const written = writer();
    const first = await written.appendVersion(
      aDraft({ executor: { name: 'typescript', rows: 512, maxDifference: 1e-9 } }),
    );
    const second = await written.appendVersion(aDraft({ notes: ['é 😀'], metrics: { loss: 1e-300 } }));
    const reader = registryReader({ client: client('dynamodb', urls.dynamoDb), tableName: 'registry' });
    expect(await reader.findVersion('fraud', 1)).toEqual(first);
    expect(await reader.findVersion('fraud', 3)).toBeUndefined();
    expect(await reader.listVersions('fraud')).toEqual([second, first]);
    expect(await reader.findService('fraud')).toEqual(await written.findService('fraud'));
    expect(await reader.findService('nobody')).toBeUndefined();
  });

  it('read artifacts as the SDK wrote them', async () => {
    const store = s3ArtifactStore({
      client: new S3Client({ endpoint: urls.s3, region: 'us-east-1', credentials: CREDENTIALS, forcePathStyle: true }),
      bucketName: 'artifacts',
    });
    const bytes = Buffer.from('a model');
    await store.putArtifact(sha256(bytes), bytes);
    const reader = artifactReader({ client: client('s3', urls.s3), bucketName: 'artifacts' });
    expect(Buffer.from(await reader.readArtifact(sha256(bytes), aVersion()))).toEqual(bytes);
    expect(await caughtFrom(reader.readArtifact('0'.repeat(64), aVersion()))).toMatchObject({
      code: 'artifact.unavailable',
    });
  });

  it('fail as unavailable where nobody answers', async () => {
    const reader = registryReader({ client: client('dynamodb', 'http://127.0.0.1:1'), tableName: 'registry' });
    expect(await caughtFrom(reader.findService('fraud'))).toMatchObject({ code: 'registry.unavailable' });
  });

  it('ask again after a fault of the service, and give up on one that sends nothing', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end();
      else if (asked === 2) response.end('fine');
    });
    const url = await listen(server, '127.0.0.1', 0);
    closers.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const impatient = client('s3', url, { timeoutMs: 50 });
    const request = { method: 'GET', path: '/artifacts/x' } as const;
    expect((await impatient.send(request)).bytes.toString()).toBe('fine');
    await expect(impatient.send(request)).rejects.toThrow('s3 sent nothing for 50 ms');
    expect(asked).toBe(4);
  });
});

describe('the first look at a service', () => {
  const bytes = Buffer.from('a small model');
  const model = { bytes, sha256: sha256(bytes) };
  let services = 0;

  /** A service with two versions of which `champion` serves, read by a process that has not met it. */
  async function met(champion: number) {
    services += 1;
    const service = `first-${services}`;
    const written = writer();
    const versions = [
      await written.appendVersion(aDraft({ service })),
      await written.appendVersion(aDraft({ service, notes: ['second'] })),
    ];
    const next = promote((await written.findService(service)) as ServiceState, champion, NOW);
    await written.moveChampion(next, aRollout(next));
    const asked: string[] = [];
    const dynamoDb = client('dynamodb', urls.dynamoDb);
    const table = {
      client: {
        send: (request: Parameters<typeof dynamoDb.send>[0]) => {
          asked.push(request.headers?.['x-amz-target']?.split('.')[1] ?? '');
          return dynamoDb.send(request);
        },
      },
      tableName: 'registry',
    };
    const artifacts = { readArtifact: async () => Buffer.from('from S3') };
    const readers = withHeadStart({ ...table, registry: registryReader(table), artifacts });
    return { ...readers, service, versions: versions as [ModelVersion, ModelVersion], written, asked };
  }

  it('gives state, version and model by one request, once', async () => {
    const { registry, artifacts, service, versions, written, asked } = await met(2);
    await written.putHeadStart({ version: versions[1], model });
    expect(await registry.findService(service)).toEqual(await written.findService(service));
    expect(await registry.findVersion(service, 2)).toEqual(versions[1]);
    expect(Buffer.from(await artifacts.readArtifact('a', versions[1]))).toEqual(bytes);
    expect(asked).toEqual(['BatchGetItem']);
    expect(Buffer.from(await artifacts.readArtifact('a', versions[1])).toString()).toBe('from S3');
    await registry.findService(service);
    await registry.findVersion(service, 2);
    expect(asked).toEqual(['BatchGetItem', 'GetItem', 'GetItem']);
  });

  it('gives the version alone where the model is too large to lie beside it', async () => {
    const { registry, artifacts, service, versions, written, asked } = await met(2);
    await written.putHeadStart({ version: versions[1] });
    await registry.findService(service);
    expect(await registry.findVersion(service, 2)).toEqual(versions[1]);
    expect(Buffer.from(await artifacts.readArtifact('a', versions[1])).toString()).toBe('from S3');
    expect(asked).toEqual(['BatchGetItem']);
  });

  it('asks in the ordinary way where nothing was put aside, or it is of another version', async () => {
    for (const prepares of [false, true]) {
      const { registry, artifacts, service, versions, written, asked } = await met(2);
      if (prepares) await written.putHeadStart({ version: versions[0], model });
      expect((await registry.findService(service))?.champion).toBe(2);
      expect(await registry.findVersion(service, 2)).toEqual(versions[1]);
      expect(Buffer.from(await artifacts.readArtifact('a', versions[1])).toString()).toBe('from S3');
      expect(asked).toEqual(['BatchGetItem', 'GetItem']);
    }
  });

  it('takes no model whose hash is wrong, and no version that is none', async () => {
    const { registry, artifacts, service, versions, written } = await met(2);
    await written.putHeadStart({ version: versions[1], model: { bytes, sha256: sha256(Buffer.from('another')) } });
    await registry.findService(service);
    expect(await registry.findVersion(service, 2)).toEqual(versions[1]);
    expect(Buffer.from(await artifacts.readArtifact('a', versions[1])).toString()).toBe('from S3');

    const other = await met(1);
    const broken = { ...other.versions[0], artifact: { sha256: 'x', bytes: 1, key: 'k' } };
    await other.written.putHeadStart({ version: broken, model });
    expect((await other.registry.findService(other.service))?.champion).toBe(1);
    expect(await other.registry.findVersion(other.service, 1)).toEqual(other.versions[0]);
  });

  it('asks again for what the database left out under load', async () => {
    const { service } = await met(1);
    const dynamoDb = client('dynamodb', urls.dynamoDb);
    const table = {
      client: {
        send: async (request: Parameters<typeof dynamoDb.send>[0]) =>
          request.headers?.['x-amz-target']?.endsWith('BatchGetItem')
            ? { status: 200, bytes: Buffer.from('{"Responses":{},"UnprocessedKeys":{"registry":{}}}') }
            : dynamoDb.send(request),
      },
      tableName: 'registry',
    };
    const artifacts = { readArtifact: async () => Buffer.from('from S3') };
    const { registry } = withHeadStart({ ...table, registry: registryReader(table), artifacts });
    expect((await registry.findService(service))?.champion).toBe(1);
    expect(await registry.findService('nobody')).toBeUndefined();
  });
});

describe('signRequest', () => {
  it('signs as an independent implementation does', async () => {
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' };
    const url = new URL('https://dynamodb.eu-west-1.amazonaws.com/');
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.GetItem' };
    const now = Date.UTC(2026, 5, 1, 12);
    const ours = signRequest({ method: 'POST', url, headers, body: '{}' }, credentials, {
      region: 'eu-west-1',
      service: 'dynamodb',
      now,
    });
    const { host: _, authorization, ...sent } = ours;
    const theirs = await new AwsClient({ ...credentials, region: 'eu-west-1', service: 'dynamodb' }).sign(url.href, {
      method: 'POST',
      headers: sent,
      body: '{}',
      aws: { datetime: '20260601T120000Z', allHeaders: true },
    });
    expect(authorization).toBe(theirs.headers.get('authorization')?.replaceAll(', ', ', '));
  });
});
