import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describeCloudWatch } from '../../contracts/services/cloudwatch.contract.ts';
import { againstMoto } from '../../support/against-moto.ts';

againstMoto(
  (options) => new CloudWatchClient(options),
  (open) => describeCloudWatch('moto', async () => ({ ...(await open()), nowMs: Date.now() }), { moto: true }),
);
