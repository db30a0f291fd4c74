import type { Readable } from 'node:stream';
import { ApiFailure, type InferenceAnswer, type KeelsonClient } from '../../client/index.ts';
import { CliFailure } from '../cli-failure.ts';
import { isJsonObject, type LosslessJson, parseLossless, writeLossless } from '../lossless-json.ts';
import { type CsvBatchOptions, csvBatches, looksLikeHeader } from './csv-batches.ts';

export interface PredictCsvOptions extends CsvBatchOptions {
  readonly client: KeelsonClient;
  readonly onProgress: (bytesDone: number) => void;
}

const TYPES = { contentType: 'text/csv', accept: 'application/json' };

/** Predicts every row, in as few requests as the limits allow, one after the other. @returns one answer for all, per request where there was one only */
export async function predictCsv(
  service: string,
  input: Readable,
  { client, onProgress, ...options }: PredictCsvOptions,
): Promise<{ text: string; answers: InferenceAnswer[] }> {
  const answers: InferenceAnswer[] = [];
  let bytesDone = 0;
  for await (const { text, bytes, head } of csvBatches(input, options)) {
    const hint = answers.length === 0 && !options.header && looksLikeHeader(head) ? HEADER_HINT : '';
    answers.push(await client.invoke(service, text, TYPES).catch((error: unknown) => fail(error, hint)));
    bytesDone += bytes;
    onProgress(bytesDone);
  }
  const [first, ...others] = answers;
  if (!first) throw new CliFailure(`the input has no rows${options.header ? ' below its header' : ''}`);
  return { text: others.length === 0 ? first.text : join(answers), answers };
}

const HEADER_HINT = '; the first row looks like column names: --header leaves it out';

function fail(error: unknown, hint: string): never {
  if (!(error instanceof ApiFailure) || error.status !== 400 || hint === '') throw error;
  throw new ApiFailure(`${error.message}${hint}`, { status: error.status, code: error.code });
}

const join = (answers: readonly InferenceAnswer[]): string =>
  writeLossless({ predictions: answers.flatMap(({ text }) => predictionsOf(text)) });

function predictionsOf(text: string): LosslessJson[] {
  const answer = parseLossless(text);
  const predictions = isJsonObject(answer) ? answer['predictions'] : undefined;
  if (Array.isArray(predictions)) return predictions;
  throw new CliFailure(
    'the model does not answer row by row, so that the answers to several requests cannot be joined; give fewer rows, or a larger --batch-rows',
  );
}
