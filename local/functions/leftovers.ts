import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';

/**
 * Removes what a killed platform left behind in its folder of temporary files. Its children end by themselves when their
 * pipe closes, except one that was blocking its thread just then: Linux tells by the environment which process that is.
 */
export function clearLeftovers(temporaryDirectory: string): void {
  if (process.platform === 'linux') killOwnersOf(temporaryDirectory);
  rmSync(temporaryDirectory, { recursive: true, force: true });
  mkdirSync(temporaryDirectory, { recursive: true });
}

function killOwnersOf(temporaryDirectory: string): void {
  const mark = `TMPDIR=${temporaryDirectory}/`;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (variables.some((variable) => variable.startsWith(mark))) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended meanwhile, or belongs to another user and so is not ours.
    }
  }
}
