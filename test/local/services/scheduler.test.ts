import { describeScheduler } from '../../contracts/services/scheduler.contract.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openLocalScheduler, TARGET } from './scheduler/local-scheduler.ts';

describeScheduler('local', async () => {
  const folder = temporaryFolder();
  const scheduler = await openLocalScheduler({ directory: folder.path });
  return {
    client: scheduler.client,
    targetArn: TARGET,
    async close() {
      await scheduler[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
});
