import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoLabelStore } from '../../adapters/aws/dynamo-label-store.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { dynamoReopenedWindows } from '../../adapters/aws/dynamo-reopened-windows.ts';
import { dynamoWindowStore } from '../../adapters/aws/dynamo-window-store.ts';
import { s3BaselineStore } from '../../adapters/aws/s3-baseline-store.ts';
import { s3CaptureObjects } from '../../adapters/aws/s3-capture-objects.ts';
import { s3ReportStore } from '../../adapters/aws/s3-report-store.ts';
import { s3WindowCounts } from '../../adapters/aws/s3-window-counts.ts';
import type { MonitorEnvironment } from '../../core/contracts/environment.ts';
import type { MonitorMetric } from '../../core/contracts/monitor-metrics.ts';
import { evaluateWindows } from '../../core/usecases/windows/evaluate-windows.ts';
import { logFault } from '../_shared/log-error.ts';
import { metricLine } from '../_shared/metric-line.ts';
import type { MonitorHandlerDependencies } from './handler.ts';

export function wire(environment: MonitorEnvironment): MonitorHandlerDependencies {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const table = { client, tableName: environment.REGISTRY_TABLE };
  const s3 = new S3Client();
  const captures = { client: s3, bucketName: environment.CAPTURE_BUCKET };
  const report = (
    service: string,
    metrics: Readonly<Partial<Record<MonitorMetric, number>>>,
    { now }: { now: number },
  ) => void process.stdout.write(metricLine(service, metrics, { now }));
  return {
    evaluate: evaluateWindows({
      registry: dynamoModelRegistry({ ...table, random: Math.random, sleep }),
      baselines: s3BaselineStore({ client: s3, bucketName: environment.ARTIFACT_BUCKET }),
      counts: s3WindowCounts(captures),
      reopened: dynamoReopenedWindows(table),
      windows: dynamoWindowStore(table),
      reports: s3ReportStore(captures),
      objects: s3CaptureObjects(captures),
      labels: dynamoLabelStore(table),
      emit: report,
      onFault: logFault,
    }),
    reportFailure: (service, times) => report(service, { monitorFailures: 1 }, times),
    log: (entry) => console.info(entry),
  };
}
