import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHandler as createControl } from '../../lambdas/control/handler.ts';
import { wire as wireControl } from '../../lambdas/control/wire.ts';
import { createHandler as createInfer } from '../../lambdas/infer/handler.ts';
import { wire as wireInfer } from '../../lambdas/infer/wire.ts';
import { createClock } from '../../local/clock.ts';
import { createDynamoDbService } from '../../local/services/dynamodb.ts';
import { createS3Service } from '../../local/services/s3.ts';
import type { LocalService } from '../../local/services/service.ts';
import { sha256 } from '../support/api-calls.ts';
import { A_BUDGET, anAdmittedModel } from '../support/fake-admission.ts';
import { httpEvent } from '../support/http-event.ts';
import { offsetModel, offsetRequest } from '../support/offset-model.ts';
import { serve } from '../support/serve.ts';

/** Longer than a process trusts what it knows of the champion. */
const STALE_MS = 1_500;
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
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

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-outage-'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Stands where the function that admits models is: what is proven here needs a version, however it came about. */
const admittingLambda: LocalService = {
  endpointId: 'LAMBDA',
  async handle(_request, response) {
    response.end(JSON.stringify({ verdict: 'admitted', model: anAdmittedModel({ executor: { name: 'typescript' } }) }));
  },
  close: () => undefined,
};

async function startServices() {
  const clock = createClock();
  const s3 = createS3Service({ directory: join(folder, 's3'), clock, credentials: CREDENTIALS });
  const dynamoDb = createDynamoDbService({ directory: join(folder, 'dynamodb'), clock });
  s3.createBucket('artifacts', {});
  dynamoDb.createTable('registry', TABLE);
  const [s3Server, dynamoDbServer, lambda] = [await serve(s3), await serve(dynamoDb), await serve(admittingLambda)];
  vi.stubEnv('AWS_ENDPOINT_URL_S3', s3Server.url);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamoDbServer.url);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
  return { stop: () => Promise.all([s3Server.close(), dynamoDbServer.close(), lambda.close()]) };
}

it('goes on serving when the registry and the artifact store are gone', async () => {
  const services = await startServices();
  const storage = { ARTIFACT_BUCKET: 'artifacts', REGISTRY_TABLE: 'registry' };
  const control = createControl(
    wireControl({
      ...storage,
      DECLARED_SERVICES: new Map(),
      CAPTURED_SERVICES: '',
      CAPTURE_BUCKET: '',
      MONITORED_SERVICES: '',
      ALARM_PREFIX: 'keelson.',
      RUNBOOKS: 'docs/runbooks',
      POOL_BUDGET: A_BUDGET,
      ADMIT_FUNCTION: 'admit',
      INTAKE_FUNCTION: 'intake',
    }),
  );
  const faults: unknown[] = [];
  vi.spyOn(console, 'warn').mockImplementation((line) => void faults.push(JSON.parse(line)));
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const infer = createInfer(wireInfer({ ...storage, MODEL_CACHE_MIB: 100, ORT_DISABLE_TELEMETRY: '1' }, process.cwd()));
  const ask = (service: string) =>
    infer(httpEvent(`POST /v2/models/${service}/infer`, { body: offsetRequest(1).body as string }), {} as Context);
  const post = async (path: string, template: string, body: object) => {
    const answer = await control(
      httpEvent(`POST ${path}`, { body: JSON.stringify(body), timeEpoch: Date.now() }, `POST ${template}`),
      {} as Context,
    );
    return JSON.parse(answer.body ?? '') as Record<string, string>;
  };

  const bytes = offsetModel(10);
  const upload = await post('/api/services/fraud/uploads', '/api/services/{service}/uploads', {});
  await fetch(upload['url'] ?? '', { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
  const request = { sha256: sha256(bytes), uploadId: upload['uploadId'] };
  await post('/api/services/fraud/versions', '/api/services/{service}/versions', request);
  await post('/api/services/fraud/rollouts', '/api/services/{service}/rollouts', { version: 1 });
  expect(await ask('fraud')).toMatchObject({ statusCode: 200 });

  await services.stop();
  for (let turn = 0; turn < 2; turn += 1) {
    await sleep(STALE_MS);
    const answer = await ask('fraud');
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'x-keelson-model-version': '1' } });
    expect(JSON.parse(answer.body ?? '').outputs[0].data).toEqual([11]);
  }
  await vi.waitFor(() => expect(faults).toContainEqual(expect.objectContaining({ service: 'fraud' })), 10_000);
  expect(await ask('other')).toMatchObject({ statusCode: 503, body: expect.stringContaining('registry.unavailable') });
});
