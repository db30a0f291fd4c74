import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describeSecretsManager } from '../../contracts/services/secrets-manager.contract.ts';
import { againstMoto } from '../../support/against-moto.ts';

againstMoto(
  (options) => new SecretsManagerClient(options),
  (open) => describeSecretsManager('moto', open),
);
