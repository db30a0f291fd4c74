import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { s3BaselineStore } from '../../../adapters/aws/s3-baseline-store.ts';
import { createClock } from '../../../local/clock.ts';
import { createS3Service } from '../../../local/services/s3.ts';
import { describeBaselineStore } from '../../contracts/baseline-store.contract.ts';
import { memoryBaselineStore } from '../../support/memory-baseline-store.ts';
import { serve } from '../../support/serve.ts';

const BUCKET = 'artifacts';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
const directory = mkdtempSync(join(tmpdir(), 'keelson-s3-'));

let served: Awaited<ReturnType<typeof serve>>;
let client: S3Client;

beforeAll(async () => {
  const service = createS3Service({ directory, clock: createClock(), credentials });
  service.createBucket(BUCKET, { VersioningConfiguration: { Status: 'Enabled' } });
  served = await serve(service);
  client = new S3Client({ endpoint: served.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await served.close();
  rmSync(directory, { recursive: true });
});

describeBaselineStore('s3', () => s3BaselineStore({ client, bucketName: BUCKET }));
describeBaselineStore('memory', memoryBaselineStore);
