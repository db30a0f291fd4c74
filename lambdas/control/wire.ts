import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { cloudWatchAlarmStates } from '../../adapters/aws/cloudwatch-alarm-states.ts';
import { dynamoBaselineJobs } from '../../adapters/aws/dynamo-baseline-jobs.ts';
import { dynamoLabelStore } from '../../adapters/aws/dynamo-label-store.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { dynamoVersionHealth } from '../../adapters/aws/dynamo-version-health.ts';
import { dynamoWindowStore } from '../../adapters/aws/dynamo-window-store.ts';
import { lambdaBaselineMaker } from '../../adapters/aws/lambda-baseline-maker.ts';
import { lambdaModelAdmission } from '../../adapters/aws/lambda-model-admission.ts';
import { s3ArtifactStore } from '../../adapters/aws/s3-artifact-store.ts';
import { s3BaselineStore } from '../../adapters/aws/s3-baseline-store.ts';
import { s3ReportStore } from '../../adapters/aws/s3-report-store.ts';
import type { ControlEnvironment } from '../../core/contracts/environment.ts';
import { findBaselineJob, startBaseline } from '../../core/usecases/baselines/start-baseline.ts';
import { startRollback, startRollout } from '../../core/usecases/change-champion.ts';
import { createUpload } from '../../core/usecases/create-upload.ts';
import { describeServices } from '../../core/usecases/describe-services.ts';
import { exposeMetrics } from '../../core/usecases/expose-metrics.ts';
import { listAlarms } from '../../core/usecases/list-alarms.ts';
import { prepareHeadStart } from '../../core/usecases/prepare-head-start.ts';
import { recordLabels } from '../../core/usecases/record-labels.ts';
import { registerVersion } from '../../core/usecases/register-version.ts';
import { listWindows } from '../../core/usecases/windows/list-windows.ts';
import { logError, logFault } from '../_shared/log-error.ts';
import { runningHash } from '../_shared/running-hash.ts';
import type { ControlHandlerDependencies } from './handler.ts';

export function wire(environment: ControlEnvironment): ControlHandlerDependencies {
  const table = {
    client: DynamoDBDocumentClient.from(new DynamoDBClient(), { marshallOptions: { removeUndefinedValues: true } }),
    tableName: environment.REGISTRY_TABLE,
  };
  const quarantine = dynamoVersionHealth(table);
  const registry = dynamoModelRegistry({
    ...table,
    random: Math.random,
    sleep,
  });
  const bucket = {
    // By default the SDK would sign an upload URL with the checksum of an empty body, and refuse every real file.
    client: new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' }),
    bucketName: environment.ARTIFACT_BUCKET,
  };
  const artifacts = s3ArtifactStore(bucket);
  const admission = lambdaModelAdmission({
    // How long it may take is said by each call.
    client: new LambdaClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 1_000 } }),
    functionName: environment.ADMIT_FUNCTION,
  });
  const { DECLARED_SERVICES: declared, POOL_BUDGET: poolBudget } = environment;
  const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');
  const watching = {
    registry,
    alarms: cloudWatchAlarmStates({ client: new CloudWatchClient({ maxAttempts: 2 }) }),
    windows: dynamoWindowStore(table),
    reports: s3ReportStore({ client: bucket.client, bucketName: environment.CAPTURE_BUCKET }),
    monitored: namesIn(environment.MONITORED_SERVICES),
    prefix: environment.ALARM_PREFIX,
  };
  const making = {
    registry,
    baselines: s3BaselineStore(bucket),
    jobs: dynamoBaselineJobs(table),
    captured: namesIn(environment.CAPTURED_SERVICES),
    newId: randomUUID,
  };
  const prepare = prepareHeadStart({ registry, artifacts, sha256, onFault: logFault });
  return {
    registry,
    quarantine,
    services: describeServices({ registry, declared: [...declared.keys()] }),
    createUpload: createUpload({ artifacts, newId: randomUUID }),
    registerVersion: registerVersion({
      artifacts,
      baselines: s3BaselineStore(bucket),
      registry,
      admission,
      budgetOf: (service) => declared.get(service) ?? poolBudget,
      monotonicMs: () => performance.now(),
      createHash: runningHash,
    }),
    startRollout: startRollout({ registry, quarantine, newId: rolloutId, prepare }),
    startRollback: startRollback({ registry, quarantine, newId: rolloutId, prepare }),
    recordLabels: recordLabels({
      registry,
      labels: dynamoLabelStore(table),
      captured: namesIn(environment.CAPTURED_SERVICES),
      sleep: (ms) => sleep(ms),
    }),
    startBaseline: startBaseline({
      ...making,
      maker: lambdaBaselineMaker({ client: new LambdaClient(), functionName: environment.INTAKE_FUNCTION }),
    }),
    findBaseline: findBaselineJob(making),
    alarms: listAlarms(watching),
    metrics: exposeMetrics({ ...watching, onFault: logFault }),
    runbookOf: (kind) => `${environment.RUNBOOKS}/${kind}.md`,
    windows: listWindows({
      ...watching,
      baselines: s3BaselineStore(bucket),
      captured: namesIn(environment.CAPTURED_SERVICES),
    }),
    sha256,
    log: logError,
  };
}

const namesIn = (list: string): string[] => list.split(',').filter((name) => name !== '');

const TIME_DIGITS = 9;

/** Milliseconds in base 36, so that ids sort by time (until the year 5188), and 40 random bits. */
const rolloutId = (now: number): string =>
  `${now.toString(36).padStart(TIME_DIGITS, '0')}-${randomBytes(5).toString('hex')}`;
