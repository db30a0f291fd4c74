import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describe } from 'vitest';
import { describeCloudWatch } from '../../contracts/services/cloudwatch.contract.ts';
import { motoIsInstalled, startMoto } from '../../support/moto.ts';

const credentials = { accessKeyId: 'AKIDMOTO', secretAccessKey: 'moto-secret' };
const installed = motoIsInstalled();

describe.skipIf(!installed)(installed ? 'moto' : 'moto (skipped: no moto_server on PATH)', () => {
  describeCloudWatch(
    'moto',
    async () => {
      const { url: endpoint, stop } = await startMoto();
      const client = new CloudWatchClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
      return {
        client,
        nowMs: Date.now(),
        async close() {
          client.destroy();
          await stop();
        },
      };
    },
    { moto: true },
  );
});
