import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { Lineage, Metrics, type ModelVersion, type Rollout } from '../../../core/contracts/api.ts';
import { ARTIFACT_LIMIT_BYTES } from '../../../core/contracts/limits.ts';
import { BASELINE_PREFIX } from '../../../core/contracts/object-keys.ts';
import type { BaselineSource } from '../../client/register-model.ts';
import { serviceArgument } from '../arguments.ts';
import { CliFailure } from '../cli-failure.ts';
import type { Io } from '../io.ts';
import { describeRollout } from '../output/describe-rollout.ts';
import { formatBytes, shortHash } from '../output/format.ts';
import { signatureTable } from '../output/signature-table.ts';
import { cannotRead, readJsonFile } from '../read-json-file.ts';
import { openSession, type Session } from '../session.ts';

interface Options {
  readonly metrics?: string;
  readonly lineage?: string;
  readonly baseline?: string;
  readonly baselineTime?: string;
  readonly baselineIgnore?: string[];
  readonly baselineUnordered?: boolean;
  readonly promote?: boolean;
}

export const addRegisterCommand = (program: Command, io: Io): Command =>
  program
    .command('register')
    .summary('upload a model as the next version of a service')
    .description(
      'Uploads an ONNX model and registers it as the next version of a service. The service need not exist: under a new name it is made. ' +
        'Files of weights that the model names (external data) are uploaded with it: plain files in its folder or below. ' +
        'The version serves once it is rolled out.',
    )
    .addArgument(serviceArgument())
    .argument('<model.onnx>', `the model's file, .onnx or .ort, at most ${formatBytes(ARTIFACT_LIMIT_BYTES)}`)
    .option('--metrics <file.json>', 'metrics of the model: {"name": number, ...}')
    .option(
      '--lineage <file.json>',
      'where it came from: {"datasetDigest", "codeCommit", "trainingJob", "parentVersion"}',
    )
    .option(
      '--baseline <data.csv>',
      'data set that its traffic is compared with, .csv with a header row or .jsonl; or the folder of a baseline that is there (baselines/...)',
    )
    .option('--baseline-time <column>', 'column of the data set with the time of each row')
    .option('--baseline-ignore <columns...>', 'columns of the data set that are no features')
    .option('--baseline-unordered', 'the rows of the data set are in no order of time')
    .option('--promote', 'roll it out at once')
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, path: string, options: Options, command: Command) => {
      const session = openSession(command, io);
      const version = await register(session, service, { path, options });
      const rollout = options.promote ? await promote(session, version) : undefined;
      session.answer({ json: { ...version, ...(rollout && { rollout }) }, text: () => describe(version, rollout) });
    });

const EXAMPLES = `
Examples:
  keelson register churn model.onnx
  keelson register churn model.onnx --metrics metrics.json --lineage lineage.json
  keelson register churn model.onnx --baseline training.csv --baseline-time signed_up_at
  keelson register churn model.onnx --promote --json`;

async function register(
  { client, progress }: Session,
  service: string,
  { path, options }: { path: string; options: Options },
): Promise<ModelVersion> {
  // All files are looked at before a byte travels.
  await checkFile(path, 'an ONNX model');
  const baseline = options.baseline === undefined ? undefined : await readBaseline(options.baseline, options);
  const known = {
    ...(options.metrics !== undefined && { metrics: await readJsonFile(options.metrics, Metrics) }),
    ...(options.lineage !== undefined && { lineage: await readJsonFile(options.lineage, Lineage) }),
    ...(baseline !== undefined && { baseline }),
  };
  return progress.bytes('checking', (onHashProgress) =>
    progress.bytes('uploading', (onUploadProgress) =>
      client.register(service, path, { ...known, onHashProgress, onUploadProgress }),
    ),
  );
}

/** A folder in the bucket, or a file to upload. */
async function readBaseline(path: string, options: Options): Promise<BaselineSource | string> {
  if (path.startsWith(BASELINE_PREFIX)) return path;
  const format = formatOf(path);
  await checkFile(path, 'a data set');
  const { baselineTime: time, baselineIgnore: ignore, baselineUnordered: unordered } = options;
  return {
    source: path,
    format,
    ...(time !== undefined && { time }),
    ...(ignore !== undefined && { ignore }),
    order: unordered ? 'none' : 'time',
  };
}

function formatOf(path: string): BaselineSource['format'] {
  if (/\.csv$/i.test(path)) return 'csv';
  if (/\.(jsonl|jsonlines|ndjson)$/i.test(path)) return 'jsonlines';
  throw new CliFailure(`${basename(path)} is neither .csv nor .jsonl; name the data set by its format`);
}

async function checkFile(path: string, expected: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  if (!found.isFile()) throw new CliFailure(`cannot read ${path}: it is not a file`);
  if (found.size === 0) throw new CliFailure(`${basename(path)} is empty; ${expected} is expected`);
  if (found.size <= ARTIFACT_LIMIT_BYTES) return;
  throw new CliFailure(
    `${basename(path)} has ${formatBytes(found.size)}; at most ${formatBytes(ARTIFACT_LIMIT_BYTES)} are taken`,
  );
}

/** The version is registered by now: a failure of its rollout must not read as if nothing had happened. */
async function promote({ client, io }: Session, { service, version }: ModelVersion): Promise<Rollout> {
  try {
    return await client.rollout(service, version);
  } catch (error) {
    io.stderr.write(`keelson: ${service} version ${version} is registered, but was not rolled out\n`);
    throw error;
  }
}

function describe(version: ModelVersion, rollout: Rollout | undefined): string {
  const labels = Object.entries(version.classLabels ?? {}).map(
    ([output, names]) => `classes of ${output}: ${names.join(', ')}`,
  );
  return [
    `${version.service} version ${version.version} is registered  (${formatBytes(version.bytes)}, sha256 ${shortHash(version.sha256)})`,
    '',
    signatureTable(version.signature),
    ...labels,
    ...version.notes.map((note) => `note: ${note}`),
    '',
    rollout ? describeRollout(rollout) : `Let it serve:  keelson rollout ${version.service} ${version.version}`,
  ].join('\n');
}
