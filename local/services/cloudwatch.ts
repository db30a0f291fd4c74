import type { AgendaSource } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import { ALARM_SCHEMA, createAlarmTable } from './cloudwatch/alarms/alarm-table.ts';
import type { AlarmDefinition } from './cloudwatch/alarms/alarm-watch.ts';
import { createAlarmWatch, EVENT_TARGET } from './cloudwatch/alarms/alarm-watch.ts';
import { extractMetrics } from './cloudwatch/emf/extract-metrics.ts';
import { lineTime } from './cloudwatch/emf/line-time.ts';
import type { Metric, Unit } from './cloudwatch/metrics/metric.ts';
import { createMetricStore, METRIC_SCHEMA, type Series } from './cloudwatch/metrics/metric-store.ts';
import { alarmOperations } from './cloudwatch/operations/alarm-operations.ts';
import { dashboardOperations } from './cloudwatch/operations/dashboard-operations.ts';
import { metricOperations } from './cloudwatch/operations/metric-operations.ts';
import { createDeliveryQueue, type DeadLetter, type Outcome } from './delivery/delivery-queue.ts';
import { AwsError } from './rpc/aws-error.ts';
import { createRpcHandler } from './rpc/rpc-handler.ts';
import type { LocalService } from './service.ts';
import { openSqlite } from './sqlite.ts';

/** What an alarm that changed its state sets off. */
export interface AlarmActions {
  /** Puts an event of `aws.cloudwatch` onto the default bus. */
  putEvent(event: { resources: readonly string[]; detail: unknown; atMs: number }): void;
  /** Carries out one action, the ARN of a topic or of a function. */
  /** Why an action cannot be carried out; undefined where it can. */
  refusal(arn: string): string | undefined;
  act(action: { id: string; arn: string; payload: unknown; attempt: number }): Promise<Outcome>;
}

export interface CloudWatchService extends LocalService {
  /** What the platform's agenda must do for it: actions first, then evaluations. */
  readonly sources: readonly AgendaSource[];
  /** @throws AwsError for what cannot be evaluated here */
  putAlarm(definition: AlarmDefinition): void;
  putDashboard(name: string, body: string): void;
  /** Takes the metrics of one line that a function printed. */
  takeLine(line: string): void;
  /** A metric that the platform itself measures. */
  series(metric: Metric, unit: Unit): Series;
  deadLetters(): DeadLetter[];
}

const FLUSH_EVERY_MS = 5_000;
const EXPIRE_EVERY_MS = 3_600_000;
const KEPT_MS = 455 * 86_400_000;

/**
 * CloudWatch on one machine: metrics in minutes, from requests, from what functions print in the embedded metric format and from
 * the platform itself; alarms, evaluated as CloudWatch evaluates them, by the platform's clock.
 */
export function createCloudWatchService({
  directory,
  clock,
  account,
  region,
  actions,
}: {
  directory: string;
  clock: Clock;
  account: string;
  region: string;
  actions: AlarmActions;
}): CloudWatchService {
  const database = openSqlite(directory, 'cloudwatch.sqlite', METRIC_SCHEMA + ALARM_SCHEMA);
  const store = createMetricStore(database);
  const table = createAlarmTable(database);
  const place = { account, region };
  const queue = createDeliveryQueue(
    database,
    async ({ id, target, payload, attempt, createdMs }) => {
      if (target !== EVENT_TARGET) return actions.act({ id, arn: target, payload: JSON.parse(payload), attempt });
      actions.putEvent({ ...JSON.parse(payload), atMs: createdMs });
      return { kind: 'delivered' };
    },
    clock.now,
  );
  const watch = createAlarmWatch({ database, table, queue, clock, read: store.read, place });
  const dashboards = new Map<string, string>();
  const flushing = setInterval(() => store.flush(), FLUSH_EVERY_MS).unref();
  const expiring = setInterval(() => store.expire(clock.now() - KEPT_MS), EXPIRE_EVERY_MS).unref();

  return {
    endpointId: 'CLOUDWATCH',
    handle: createRpcHandler('CloudWatch', {
      ...metricOperations(store, clock.now),
      ...alarmOperations(watch, table, place),
      ...dashboardOperations(dashboards, account),
    }),
    sources: [queue, watch],
    putAlarm(definition) {
      const { AlarmActions, OKActions, InsufficientDataActions } = definition.properties;
      for (const arn of [...AlarmActions, ...OKActions, ...InsufficientDataActions]) {
        const refusal = actions.refusal(arn);
        if (refusal !== undefined) throw new AwsError('ValidationError', refusal);
      }
      watch.put(definition, 'template');
    },
    putDashboard: (name, body) => void dashboards.set(name, body),
    takeLine(line) {
      for (const datum of extractMetrics(line)) {
        const atMs = lineTime(datum.atMs, clock);
        if (atMs !== undefined) store.collect({ ...datum, atMs });
      }
    },
    series: (metric, unit) => store.series(metric, unit),
    deadLetters: () => queue.deadLetters(),
    close() {
      clearInterval(flushing);
      clearInterval(expiring);
      store.flush();
      watch.save();
      database.close();
    },
  };
}
