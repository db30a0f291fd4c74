import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { describe } from 'vitest';
import { describeS3 } from '../../contracts/services/s3.contract.ts';
import { motoIsInstalled, startMoto } from '../../support/moto.ts';

const credentials = { accessKeyId: 'AKIDMOTO', secretAccessKey: 'moto-secret' };
const installed = motoIsInstalled();

describe.skipIf(!installed)(installed ? 'moto' : 'moto (skipped: no moto_server on PATH)', () => {
  describeS3(
    'moto',
    async () => {
      const { url, stop } = await startMoto();
      const client = new S3Client({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
      for (const Bucket of ['plain', 'versioned']) await client.send(new CreateBucketCommand({ Bucket }));
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await client.send(new PutBucketVersioningCommand({ Bucket: 'versioned', VersioningConfiguration }));
      return {
        url,
        client,
        bucket: 'plain',
        versionedBucket: 'versioned',
        credentials,
        async close() {
          client.destroy();
          await stop();
        },
      };
    },
    { moto: true },
  );
});
