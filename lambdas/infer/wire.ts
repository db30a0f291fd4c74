import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { artifactReader } from '../../adapters/aws/artifact-reader.ts';
import { crashRecords } from '../../adapters/aws/crash-records.ts';
import { dynamoRecentPredictions } from '../../adapters/aws/dynamo-recent-predictions.ts';
import { withHeadStart } from '../../adapters/aws/head-start.ts';
import { registryReader } from '../../adapters/aws/registry-reader.ts';
import { serviceClient } from '../../adapters/aws/service-client.ts';
import { fileCaptureSpill } from '../../adapters/files/file-capture-spill.ts';
import { isolatedModelRuntime } from '../../adapters/onnx/isolated-model-runtime.ts';
import { FAILURE_METRIC } from '../../core/contracts/capture-metrics.ts';
import type { InferEnvironment } from '../../core/contracts/environment.ts';
import { CAPTURE_RECORD_LIMIT_BYTES } from '../../core/contracts/limits.ts';
import { subjectHeader } from '../../core/domain/capture/redaction-plan.ts';
import type { CaptureSink } from '../../core/ports/capture-sink.ts';
import type { RecentPredictions } from '../../core/ports/label-store.ts';
import { batchRuns } from '../../core/usecases/batch-runs.ts';
import { createPredictionCapture } from '../../core/usecases/capture-predictions.ts';
import { countInferences } from '../../core/usecases/count-inferences.ts';
import { executorRuntime } from '../../core/usecases/executor-runtime.ts';
import { createModelCache } from '../../core/usecases/model-cache.ts';
import { quarantineCrashes } from '../../core/usecases/quarantine-crashes.ts';
import { createModelServer } from '../../core/usecases/serve-models.ts';
import { logError, logFault } from '../_shared/log-error.ts';
import { metricLine } from '../_shared/metric-line.ts';
import type { InferHandlerDependencies } from './handler.ts';
import { reportCaptures } from './report-captures.ts';

const MIB = 1024 * 1024;
/** Lambda gives 512 MiB of temporary disk. */
const SPILL_LIMIT_BYTES = 128 * MIB;
/** Node.js with the bundle and the requests of a moment, and what a model writes between two looks at its memory. */
const OWN_MEMORY_MIB = 192;

/** Beyond it a run gains nothing more from being shared, and those that wait for it wait longer. */
const BATCH_ROWS = 128;

/** Whether requests arrive while others are answered: on managed instances, where Lambda sets this, and on nothing else. */
const sharesProcess = ({ AWS_LAMBDA_MAX_CONCURRENCY: requests }: NodeJS.ProcessEnv): boolean =>
  Number(requests ?? 1) > 1;

/** @param directory where the bundle lies: the locale is beside it */
export function wire(environment: InferEnvironment, directory: string): InferHandlerDependencies {
  const shared = { variables: process.env, now: Date.now, sleep: (ms: number) => sleep(ms), attempts: 2 };
  // A registry that does not answer must not hold predictions up: warm processes go on with what they know.
  const dynamoDb = serviceClient({ ...shared, service: 'dynamodb', timeoutMs: 2_000 });
  const table = { client: dynamoDb, tableName: environment.REGISTRY_TABLE };
  const { registry, artifacts } = withHeadStart({
    ...table,
    registry: registryReader(table),
    artifacts: artifactReader({
      client: serviceClient({ ...shared, service: 's3', timeoutMs: 20_000, attempts: 3 }),
      bucketName: environment.ARTIFACT_BUCKET,
    }),
  });
  const capture = wireCapture(environment, dynamoRecentPredictions({ ...table, uniqueId: randomUUID }));
  const native = quarantineCrashes({
    native: isolatedModelRuntime({
      script: join(directory, 'model-process.cjs'),
      variables: process.env,
      memoryMiB: modelMemoryMiB(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']),
    }),
    records: crashRecords({
      client: dynamoDb,
      tableName: environment.REGISTRY_TABLE,
      openWriter: async () => (await sdkClients()).openCrashRecords(environment.REGISTRY_TABLE),
    }),
    now: Date.now,
    sleep: sleepUnreferenced,
    onFault: logFault,
  });
  const runtime = executorRuntime(
    sharesProcess(process.env) ? batchRuns(native, { rowLimit: BATCH_ROWS, turn }) : native,
  );
  return {
    models: countInferences(
      createModelServer({
        registry,
        cache: createModelCache({ artifacts, runtime, limitBytes: environment.MODEL_CACHE_MIB * MIB }),
        monotonicMs: () => performance.now(),
        sleep: sleepUnreferenced,
        onFault: logFault,
      }),
      { now: Date.now, monotonicMs: () => performance.now() },
    ),
    newPredictionId: randomUUID,
    log: logError,
    logStream: logStreamArn(process.env),
    ...(capture && { capture }),
  };
}

/** What of the function's memory its model process may take: Lambda ends the whole function where both pass it together. */
const modelMemoryMiB = (functionMemoryMiB: string | undefined): number | undefined =>
  functionMemoryMiB === undefined ? undefined : Number(functionMemoryMiB) - OWN_MEMORY_MIB;

/** Undefined where the service is not captured. */
function wireCapture(
  { CAPTURE_OPTIONS: options, CAPTURE_STREAM: streamName, REGISTRY_TABLE: tableName }: InferEnvironment,
  recent: RecentPredictions,
): InferHandlerDependencies['capture'] {
  if (!options || !streamName) return undefined;
  const { service } = options;
  const onFault = ({ what, error }: { what: string; error: unknown }) => logFault({ what, service, error });
  const report = { now: Date.now, write: (line: string) => void process.stdout.write(line) };
  return {
    countFailure: () => report.write(metricLine(service, { [FAILURE_METRIC]: 1 }, { now: report.now() })),
    subjectHeader: subjectHeader(options),
    predictions: createPredictionCapture({
      rules: options,
      service,
      recent,
      sink: lazyFirehose(streamName),
      spill: fileCaptureSpill({
        directory: join(tmpdir(), 'keelson-captures'),
        limitBytes: SPILL_LIMIT_BYTES,
        uniqueId: randomUUID(),
        now: Date.now,
        onFault,
      }),
      pseudonym: async () => (await sdkClients()).loadPseudonym(tableName, service),
      recordLimitBytes: CAPTURE_RECORD_LIMIT_BYTES,
      monotonicMs: () => performance.now(),
      sleep: sleepUnreferenced,
      report: reportCaptures(service, report),
      onFault,
    }),
  };
}

/** The SDK is read when there is something to deliver, or a model has crashed: a start must not be slower for it. */
const sdkClients = () => import('./wire-sdk.ts');

function lazyFirehose(streamName: string): CaptureSink {
  let opened: Promise<CaptureSink> | undefined;
  return {
    async put(lines) {
      opened ??= sdkClients().then(({ openFirehose }) => openFirehose(streamName, sleepUnreferenced));
      return (await opened).put(lines);
    },
  };
}

const sleepUnreferenced = (ms: number): Promise<void> => sleep(ms, undefined, { ref: false });

/** From the variables that Lambda sets in every function. */
const logStreamArn = (variables: Record<string, string | undefined>): string =>
  `arn:aws:logs:${variables['AWS_REGION']}:*:log-group:${variables['AWS_LAMBDA_LOG_GROUP_NAME']}:log-stream:${variables['AWS_LAMBDA_LOG_STREAM_NAME']}`;
