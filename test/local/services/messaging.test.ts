import { describeEventBridge } from '../../contracts/services/event-bridge.contract.ts';
import { describeSecretsManager } from '../../contracts/services/secrets-manager.contract.ts';
import { describeSns } from '../../contracts/services/sns.contract.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { FUNCTION, type LocalMessaging, openLocalMessaging } from './local-messaging.ts';

const open = async <C>(client: (messaging: LocalMessaging) => C) => {
  const folder = temporaryFolder();
  const messaging = await openLocalMessaging({ directory: folder.path });
  return {
    client: client(messaging),
    targetArn: FUNCTION,
    async close() {
      await messaging[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
};

describeEventBridge('local', () => open(({ eventBridgeClient }) => eventBridgeClient));
describeSns('local', () => open(({ snsClient }) => snsClient));
describeSecretsManager('local', () => open(({ secretsClient }) => secretsClient));
