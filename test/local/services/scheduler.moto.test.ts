import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { describe } from 'vitest';
import { describeScheduler } from '../../contracts/services/scheduler.contract.ts';
import { motoIsInstalled, startMoto } from '../../support/moto.ts';

const credentials = { accessKeyId: 'AKIDMOTO', secretAccessKey: 'moto-secret' };
const installed = motoIsInstalled();

describe.skipIf(!installed)(installed ? 'moto' : 'moto (skipped: no moto_server on PATH)', () => {
  describeScheduler(
    'moto',
    async () => {
      const { url: endpoint, stop } = await startMoto();
      const client = new SchedulerClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
      return {
        client,
        targetArn: 'arn:aws:lambda:us-east-1:123456789012:function:monitor',
        async close() {
          client.destroy();
          await stop();
        },
      };
    },
    { moto: true },
  );
});
