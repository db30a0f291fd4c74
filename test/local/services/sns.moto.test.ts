import { SNSClient } from '@aws-sdk/client-sns';
import { describeSns } from '../../contracts/services/sns.contract.ts';
import { againstMoto } from '../../support/against-moto.ts';

againstMoto(
  (options) => new SNSClient(options),
  (open) => describeSns('moto', open),
);
