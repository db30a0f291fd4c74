import type { Command } from 'commander';
import { chooseSigner, createKeelsonClient, type KeelsonClient } from '../client/index.ts';
import { readSettings } from './global-options.ts';
import type { Io } from './io.ts';
import { createProgress, type Progress } from './output/progress.ts';

/** What a command works with. */
export interface Session {
  readonly io: Io;
  readonly client: KeelsonClient;
  readonly progress: Progress;
  /** Prints the answer: as one line of JSON where a machine asked, else as text for a person. */
  answer(answer: { json: object | string; text: () => string }): void;
}

export function openSession(command: Command, io: Io): Session {
  const { url, json, token, sign } = readSettings(command, io.env);
  return {
    io,
    client: createKeelsonClient({
      url,
      sign: chooseSigner(url, { token, sign, env: io.env }),
      ...(io.retryDelaysMs && { retryDelaysMs: io.retryDelaysMs }),
    }),
    progress: createProgress(io.stderr),
    answer: ({ json: value, text }) => void io.stdout.write(`${json ? toLine(value) : text()}\n`),
  };
}

/** JSON text that the server wrote goes out as it is. A line break in JSON is never inside a string, so it may be a space. */
const toLine = (value: object | string): string =>
  typeof value === 'string' ? value.trim().replace(/[\r\n]+/g, ' ') : JSON.stringify(value);
