import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { s3ArtifactStore } from '../../adapters/aws/s3-artifact-store.ts';
import { artifactKey } from '../../core/contracts/object-keys.ts';
import { prepareModel } from '../../core/domain/onnx/prepare-model.ts';
import { promote } from '../../core/domain/registry/champion.ts';
import { prepareHeadStart } from '../../core/usecases/prepare-head-start.ts';
import { createClock } from '../../local/clock.ts';
import { listen } from '../../local/platform/listen.ts';
import { serveService } from '../../local/platform/serve-service.ts';
import { createDynamoDbService } from '../../local/services/dynamodb.ts';
import { createS3Service } from '../../local/services/s3.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const NOW = '2026-06-01T00:00:00.000Z';
const TABLE = {
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
};

export interface Storage {
  /** What an inference function's environment says on AWS. */
  readonly environment: Readonly<Record<string, string>>;
  /** Registers a model and makes it champion. */
  register(service: string, bytes: Uint8Array, runtime: 'typescript' | 'onnxruntime'): Promise<void>;
  close(): Promise<void>;
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A bucket and a table on this machine, as `npm start` has them. */
export async function openStorage(): Promise<Storage> {
  const directory = mkdtempSync(join(tmpdir(), 'keelson-bench-storage-'));
  const clock = createClock();
  const s3 = createS3Service({ directory: join(directory, 's3'), clock, credentials: CREDENTIALS });
  const dynamoDb = createDynamoDbService({ directory: join(directory, 'dynamodb'), clock });
  s3.createBucket('artifacts', {});
  dynamoDb.createTable('registry', TABLE);
  const servers = [serveService(s3), serveService(dynamoDb)] as const;
  const [s3Url, dynamoDbUrl] = [await listen(servers[0], '127.0.0.1', 0), await listen(servers[1], '127.0.0.1', 0)];
  const shared = { region: 'us-east-1', credentials: CREDENTIALS };
  const artifacts = s3ArtifactStore({
    client: new S3Client({ ...shared, endpoint: s3Url, forcePathStyle: true }),
    bucketName: 'artifacts',
  });
  const registry = dynamoModelRegistry({
    client: DynamoDBDocumentClient.from(new DynamoDBClient({ ...shared, endpoint: dynamoDbUrl }), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    tableName: 'registry',
    random: Math.random,
    sleep: () => Promise.resolve(),
  });
  return {
    environment: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_S3: s3Url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
      ARTIFACT_BUCKET: 'artifacts',
      REGISTRY_TABLE: 'registry',
      MODEL_CACHE_MIB: '400',
      ORT_DISABLE_TELEMETRY: '1',
    },
    async register(service, bytes, runtime) {
      const sha256 = sha256Of(bytes);
      await artifacts.putArtifact(sha256, bytes);
      const { signature, metadata } = prepareModel(bytes);
      await registry.appendVersion({
        service,
        sha256,
        bytes: bytes.length,
        artifact: { sha256, bytes: bytes.length, key: artifactKey(sha256) },
        signature: {
          inputs: signature.inputs.map((tensor) => ({ ...tensor, shape: [...tensor.shape] })),
          outputs: signature.outputs.map((tensor) => ({ ...tensor, shape: [...tensor.shape] })),
        },
        executor: { name: runtime },
        metadata: { ...metadata },
        metrics: {},
        lineage: {},
        notes: [],
        registeredAt: NOW,
      });
      const state = await registry.findService(service);
      if (!state) throw new Error(`${service} was not registered`);
      const next = promote(state, 1, NOW);
      await prepareHeadStart({
        registry,
        artifacts,
        sha256: sha256Of,
        onFault: ({ error }) => {
          throw error;
        },
      })(service, 1);
      const rollout = { id: 'r1', service, kind: 'rollout', strategy: 'all-at-once', state: 'SUCCEEDED' } as const;
      await registry.moveChampion(next, { ...rollout, version: 1, previous: null, startedAt: NOW, endedAt: NOW });
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
      await s3.close();
      await dynamoDb.close();
      rmSync(directory, { recursive: true });
    },
  };
}
