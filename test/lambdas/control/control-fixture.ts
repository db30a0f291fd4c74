import { createHash } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { BaselineJob } from '../../../core/contracts/baselines.ts';
import type { WindowReport } from '../../../core/contracts/windows.ts';
import type { BaselineMaker } from '../../../core/ports/baseline-jobs.ts';
import type { ModelRegistry } from '../../../core/ports/model-registry.ts';
import type { AlarmState } from '../../../core/ports/notices.ts';
import { findBaselineJob, startBaseline } from '../../../core/usecases/baselines/start-baseline.ts';
import { startRollback, startRollout } from '../../../core/usecases/change-champion.ts';
import { createUpload } from '../../../core/usecases/create-upload.ts';
import { describeServices } from '../../../core/usecases/describe-services.ts';
import { exposeMetrics } from '../../../core/usecases/expose-metrics.ts';
import { listAlarms } from '../../../core/usecases/list-alarms.ts';
import { recordLabels } from '../../../core/usecases/record-labels.ts';
import { registerVersion } from '../../../core/usecases/register-version.ts';
import { summaryOf } from '../../../core/usecases/windows/describe-window.ts';
import { listWindows } from '../../../core/usecases/windows/list-windows.ts';
import { createHandler } from '../../../lambdas/control/handler.ts';
import { aDraft } from '../../support/a-version.ts';
import { aWindowReport } from '../../support/a-window.ts';
import { A_BUDGET, fakeAdmission } from '../../support/fake-admission.ts';
import { type EventParts, httpEvent } from '../../support/http-event.ts';
import { memoryArtifactStore } from '../../support/memory-artifact-store.ts';
import { memoryBaselineJobs } from '../../support/memory-baseline-jobs.ts';
import { memoryBaselineStore } from '../../support/memory-baseline-store.ts';
import { memoryLabelStore } from '../../support/memory-label-store.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';
import { memoryVersionHealth } from '../../support/memory-version-health.ts';
import { memoryReportStore, memoryWindowStore } from '../../support/memory-window-store.ts';
import { createHash as runningHash } from '../../support/running-hash.ts';

const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');

const anAlarm = (prefix: string): AlarmState => ({
  name: `${prefix}drift`,
  state: 'OK',
  sinceMs: Date.UTC(2026, 5, 1),
  reason: 'Threshold Crossed',
  threshold: '>= 1 in 2 of 3 periods of 3600 s',
  runbook: 'docs/runbooks/drift.md',
});

/** The control function over ports in memory, with `versions` versions of `fraud`; `declared` waits for its first. */
export async function openControl({
  versions = 3,
  change = {},
  slept = () => undefined,
  failAsk = () => false,
}: {
  versions?: number;
  change?: Partial<ModelRegistry>;
  /** Told how long the function waits, which it then does not. */
  slept?: (ms: number) => void;
  /** Whether the function that makes baselines cannot be asked. */
  failAsk?: () => boolean;
} = {}) {
  const registry = { ...memoryModelRegistry(), ...change };
  const artifacts = memoryArtifactStore();
  const quarantine = memoryVersionHealth();
  const labels = memoryLabelStore();
  for (let i = 0; i < versions; i += 1) await registry.appendVersion(aDraft());
  const admission = fakeAdmission();
  const logged: unknown[] = [];
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const baselines = memoryBaselineStore();
  const windows = memoryWindowStore();
  const reports = memoryReportStore();
  const jobs = memoryBaselineJobs();
  const asked: Pick<BaselineJob, 'service' | 'version' | 'id'>[] = [];
  const making = { registry, baselines, jobs, captured: ['fraud'], newId };
  const maker: BaselineMaker = {
    async ask(job) {
      if (failAsk()) throw new Error('nobody there');
      asked.push(job);
    },
  };
  const handler = createHandler({
    registry,
    quarantine,
    services: describeServices({ registry, declared: ['declared'] }),
    createUpload: createUpload({ artifacts, newId }),
    registerVersion: registerVersion({
      artifacts,
      baselines,
      registry,
      admission,
      budgetOf: () => A_BUDGET,
      monotonicMs: () => 0,
      createHash: runningHash,
    }),
    startBaseline: startBaseline({ ...making, maker }),
    findBaseline: findBaselineJob(making),
    alarms: listAlarms({
      registry,
      alarms: { list: async (prefix) => [anAlarm(prefix)] },
      windows,
      reports,
      monitored: ['fraud'],
      prefix: 'keelson.Keelson.',
    }),
    metrics: exposeMetrics({
      registry,
      alarms: { list: async (prefix) => [anAlarm(prefix)] },
      windows,
      reports,
      monitored: ['fraud'],
      prefix: 'keelson.Keelson.',
      onFault: ({ error }) => void logged.push(error),
    }),
    runbookOf: (kind) => `docs/runbooks/${kind}.md`,
    windows: listWindows({
      registry,
      baselines,
      windows,
      reports,
      captured: ['fraud'],
      monitored: ['fraud'],
    }),
    startRollout: startRollout({ registry, quarantine, newId, prepare: async () => undefined }),
    startRollback: startRollback({ registry, quarantine, newId, prepare: async () => undefined }),
    recordLabels: recordLabels({ registry, labels, captured: ['fraud'], sleep: async (ms) => slept(ms) }),
    sha256,
    log: (error) => void logged.push(error),
  });

  /** @param template the route key, where the path has parameters */
  const call = async (route: string, parts: EventParts = {}, template = route) => {
    const { statusCode, headers = {}, body = '' } = await handler(httpEvent(route, parts, template), {} as Context);
    return {
      status: statusCode,
      headers,
      text: body,
      get json() {
        return JSON.parse(body) as Record<string, unknown>;
      },
    };
  };
  /** As `call`, on a route below one service. */
  const onService = (method: string, below: string, parts: EventParts = {}, service = 'fraud') => {
    const template = below
      .replace(/^\/versions\/[^/]+/, '/versions/{version}')
      .replace(/^\/rollouts\/.+/, '/rollouts/{id}');
    return call(`${method} /api/services/${service}${below}`, parts, `${method} /api/services/{service}${template}`);
  };
  /** An evaluated window, and its report. */
  const keepWindow = async (parts: Partial<WindowReport> = {}) => {
    const report = aWindowReport(1, parts);
    await reports.putReport(report, '{}');
    const cursor = { version: 1, series: 'window', toMs: 0, revision: report.revision, memory: '' } as const;
    await windows.commit({ service: 'fraud', cursor, windows: [summaryOf(report)] }, { now: 0 });
    return report;
  };
  return {
    call,
    onService,
    keepWindow,
    baselines,
    asked,
    jobs,
    registry,
    quarantine,
    labels,
    artifacts,
    admission,
    logged,
    sha256,
  };
}
