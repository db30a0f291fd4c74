import { Readable, Writable } from 'node:stream';
import { runCli } from '../../apps/cli/run-cli.ts';

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Whether stderr is a terminal. */
  readonly terminal?: boolean;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, without waiting between attempts. */
export async function runKeelson(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const stdout = collect();
  const stderr = collect({ isTTY: options.terminal ?? false, columns: 100 });
  const code = await runCli(args, {
    env: options.env ?? {},
    stdin: Readable.from([options.stdin ?? '']),
    stdout: stdout.stream,
    stderr: stderr.stream,
    retryDelaysMs: [1, 1, 1],
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collect(properties: { isTTY?: boolean; columns?: number } = {}) {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, properties), text: () => text };
}

/** The object on the last line, which must be all there is. */
export function onlyJson(stdout: string): unknown {
  if (stdout.trimEnd().includes('\n')) throw new Error(`more than one line:\n${stdout}`);
  return JSON.parse(stdout);
}
