import type { Command } from 'commander';
import type { InferenceAnswer } from '../../client/index.ts';
import { parseRowCount, parseVersion, serviceArgument } from '../arguments.ts';
import type { Io } from '../io.ts';
import { parseLossless } from '../lossless-json.ts';
import { renderPredictions } from '../output/predictions.ts';
import { toOpenInferenceRequest } from '../predict/open-inference-request.ts';
import { predictCsv } from '../predict/predict-csv.ts';
import { type PredictInput, readInput } from '../predict/read-input.ts';
import { openSession, type Session } from '../session.ts';
import { UsageFailure } from '../usage-failure.ts';

interface Options {
  readonly input: string;
  readonly version?: number;
  readonly header?: boolean;
  readonly batchRows: number;
}

/** Small enough for answers of some hundred values a row: a function's answer is limited as its request is. */
const DEFAULT_BATCH_ROWS = 2_000;

export const addPredictCommand = (program: Command, io: Io): Command =>
  program
    .command('predict')
    .summary('predict for the rows or tensors of a file')
    .description(
      'Predicts for what a file holds: an Open Inference Protocol request, {"instances": [...]} or an array of instances, or CSV. ' +
        'NaN, Infinity and integers past 2^53 are passed on as they stand, both ways.',
    )
    .addArgument(serviceArgument())
    .requiredOption('--input <file>', 'f.json or f.csv, or - for the standard input')
    .option(
      '--version <version>',
      'ask this version instead of the one that serves (Open Inference requests only)',
      parseVersion,
    )
    .option('--header', 'the first row of the CSV names the columns: leave it out')
    .option('--batch-rows <rows>', 'send CSV in requests of at most this many rows', parseRowCount, DEFAULT_BATCH_ROWS)
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, options: Options, command: Command) => {
      const session = openSession(command, io);
      const input = await readInput(options.input, io.stdin);
      const { text, answers } = await predict(session, service, { input, options });
      warnOfSeveralVersions(session, answers);
      session.answer({ json: text, text: () => describe(service, { text, answers }) });
    });

const EXAMPLES = `
Examples:
  keelson predict fraud --input request.json
  keelson predict fraud --input request.json --version 2
  keelson predict churn --input rows.csv --header
  head -5 rows.csv | keelson predict churn --input - --json`;

interface Answered {
  readonly text: string;
  readonly answers: readonly InferenceAnswer[];
}

async function predict(
  { client, progress }: Session,
  service: string,
  { input, options: { version, header, batchRows } }: { input: PredictInput; options: Options },
): Promise<Answered> {
  if (input.kind === 'csv') {
    refuseVersion(version);
    return progress.bytes('predicting', (onProgress) =>
      predictCsv(service, input.stream, {
        client,
        header: header ?? false,
        maxRows: batchRows,
        onProgress: (done) => onProgress(done, input.bytes),
      }),
    );
  }
  if (header) throw new UsageFailure('--header is for CSV, and the input is JSON');
  const request = toOpenInferenceRequest(input.value);
  if (request !== undefined) return single(await client.infer(service, request, { version }));
  refuseVersion(version);
  return single(await client.invoke(service, input.text, { contentType: 'application/json' }));
}

const single = (answer: InferenceAnswer): Answered => ({ text: answer.text, answers: [answer] });

function refuseVersion(version: number | undefined): void {
  if (version === undefined) return;
  throw new UsageFailure(
    `--version ${version} needs an Open Inference Protocol request ({"inputs": [{"name", "datatype", "shape", "data"}]}); rows and instances go to the version that serves`,
  );
}

const versionsOf = (answers: readonly InferenceAnswer[]): string[] => [
  ...new Set(answers.flatMap(({ modelVersion }) => modelVersion ?? [])),
];

function warnOfSeveralVersions({ io }: Session, answers: readonly InferenceAnswer[]): void {
  const versions = versionsOf(answers);
  if (versions.length < 2) return;
  io.stderr.write(`keelson: a rollout took place meanwhile; versions ${versions.join(' and ')} answered\n`);
}

function describe(service: string, { text, answers }: Answered): string {
  const versions = versionsOf(answers);
  const [only, ...others] = answers;
  const title = [
    versions.length === 0 ? service : `${service} version ${versions.join(', ')}`,
    ...(only?.predictionId !== undefined && others.length === 0 ? [`prediction ${only.predictionId}`] : []),
  ];
  return `${title.join(', ')}\n\n${renderPredictions(parseLossless(text))}`;
}
