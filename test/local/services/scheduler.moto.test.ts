import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { describeScheduler } from '../../contracts/services/scheduler.contract.ts';
import { againstMoto } from '../../support/against-moto.ts';

const targetArn = 'arn:aws:lambda:us-east-1:123456789012:function:monitor';

againstMoto(
  (options) => new SchedulerClient(options),
  (open) => describeScheduler('moto', async () => ({ ...(await open()), targetArn }), { moto: true }),
);
