import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts a process with a Firehose of its own on `directory`, that puts records for as long as it lives. */
export async function startPutter(directory: string) {
  const program = fileURLToPath(new URL('./putter-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  return {
    // A line without its end may be cut short.
    answered: () => output.split('\n').slice(0, -1),
    /** As `kill -9`: at once, with nothing tidied up. */
    async kill() {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await closed;
    },
  };
}
