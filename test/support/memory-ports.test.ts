import { describeArtifactStore } from '../contracts/artifact-store.contract.ts';
import { describeBaselineJobs } from '../contracts/baseline-jobs.contract.ts';
import { describeLabelStore } from '../contracts/label-store.contract.ts';
import { describeModelRegistry } from '../contracts/model-registry.contract.ts';
import { describeNoticeLog } from '../contracts/notice-log.contract.ts';
import { describeVersionHealth } from '../contracts/version-health.contract.ts';
import { describeReopenedWindows, describeWindowCounts, KEPT_AT } from '../contracts/window-counts.contract.ts';
import { describeReportStore, describeWindowStore } from '../contracts/window-store.contract.ts';
import { EVENT_TIME } from './http-event.ts';
import { memoryArtifactStore } from './memory-artifact-store.ts';
import { memoryBaselineJobs } from './memory-baseline-jobs.ts';
import { memoryLabelStore } from './memory-label-store.ts';
import { memoryModelRegistry } from './memory-model-registry.ts';
import { memoryNoticeLog } from './memory-notice-log.ts';
import { memoryVersionHealth } from './memory-version-health.ts';
import { memoryReopenedWindows, memoryWindowCounts } from './memory-window-counts.ts';
import { memoryReportStore, memoryWindowStore } from './memory-window-store.ts';

const registry = memoryModelRegistry();
describeModelRegistry('memory', () => registry);

const store = memoryArtifactStore();
describeArtifactStore('memory', () => ({
  store,
  now: () => EVENT_TIME,
  async put(url, bytes) {
    const [service = '', uploadId = ''] = url.replace('memory:', '').split('/');
    store.upload(service, uploadId, bytes);
  },
  damage: async (hash, bytes) => store.damage(hash, bytes),
}));

describeVersionHealth('memory', memoryVersionHealth);

describeLabelStore('memory', memoryLabelStore);

describeWindowCounts('memory', () => memoryWindowCounts(() => KEPT_AT));
describeReopenedWindows('memory', memoryReopenedWindows);
describeWindowStore('memory', memoryWindowStore);
describeReportStore('memory', memoryReportStore);

describeNoticeLog('memory', memoryNoticeLog);
describeBaselineJobs('memory', async () => memoryBaselineJobs());
