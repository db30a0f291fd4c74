import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { CliFailure } from '../cli-failure.ts';
import { type LosslessJson, parseLossless } from '../lossless-json.ts';
import { cannotRead, readText } from '../read-json-file.ts';

/** What is to be predicted: JSON as a whole, or CSV to be read on. */
export type PredictInput =
  | { readonly kind: 'json'; readonly text: string; readonly value: LosslessJson }
  | { readonly kind: 'csv'; readonly stream: Readable; readonly bytes: number };

/** What stands for the standard input. */
export const STDIN = '-';

/** A file of any other name, and the standard input, are JSON where they begin as JSON does. */
export async function readInput(path: string, stdin: Readable): Promise<PredictInput> {
  if (extname(path).toLowerCase() === '.csv') return openCsv(path);
  const name = path === STDIN ? 'the standard input' : path;
  const text = path === STDIN ? await readAll(stdin) : await readText(path);
  if (extname(path).toLowerCase() === '.json' || /^\s*[[{]/.test(text)) return parseInput(name, text);
  return { kind: 'csv', stream: Readable.from([text]), bytes: Buffer.byteLength(text) };
}

/** @throws CliFailure where there is no such file */
export async function openCsv(path: string): Promise<Extract<PredictInput, { kind: 'csv' }>> {
  const found = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  if (!found.isFile()) throw new CliFailure(`cannot read ${path}: it is not a file`);
  return { kind: 'csv', stream: createReadStream(path), bytes: found.size };
}

function parseInput(name: string, text: string): PredictInput {
  try {
    return { kind: 'json', text, value: parseLossless(text) };
  } catch (error) {
    throw new CliFailure(`${name} is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
}
