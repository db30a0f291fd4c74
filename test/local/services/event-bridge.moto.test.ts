import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describeEventBridge } from '../../contracts/services/event-bridge.contract.ts';
import { againstMoto } from '../../support/against-moto.ts';

const targetArn = 'arn:aws:lambda:us-east-1:123456789012:function:monitor';

againstMoto(
  (options) => new EventBridgeClient(options),
  (open) => describeEventBridge('moto', async () => ({ ...(await open()), targetArn }), { moto: true }),
);
