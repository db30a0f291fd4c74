import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Writer {
  /** Keys of the puts that the service has answered. */
  answeredKeys(): readonly string[];
  /** As `kill -9`: at once, with nothing tidied up. */
  kill(): Promise<void>;
}

/** Starts a process with a service of its own on `directory`, that writes to it for as long as it lives. */
export async function startWriter(directory: string): Promise<Writer> {
  const program = fileURLToPath(new URL('./writer-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  return {
    // A line without its end may be cut short.
    answeredKeys: () => output.split('\n').slice(0, -1),
    async kill() {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await closed;
    },
  };
}
