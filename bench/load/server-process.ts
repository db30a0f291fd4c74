import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A server in a process of its own, which prints its URL when it is ready. */
export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

/** @param options.ready what the line with the URL looks like; its first group is the URL */
export async function startServer(
  args: readonly string[],
  { environment = {}, ready = /^(http:\S+)$/ }: { environment?: Record<string, string>; ready?: RegExp } = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', ...environment },
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = ready.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`${args.join(' ')} ended before it was ready`)));
  });
  return {
    pid: child.pid as number,
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
