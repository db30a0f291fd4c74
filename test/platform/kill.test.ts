import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startPlatform } from '../../local/platform.ts';
import { writeAssembly } from '../local/assembly/assembly-fixture.ts';
import { appTemplate } from './app-fixture.ts';

const PLATFORM = path.resolve(import.meta.dirname, '../../local/platform.ts');
/** `/pid` answers, `/block` never returns to its event loop. */
const HANDLER = `exports.handler = async (event) => {
  if (event.rawPath === '/block') for (;;);
  return process.pid;
};`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: gone.
    return false;
  }
};

/** A platform in a process of its own, which a test may kill. */
async function startProcess(assembly: string, dataDirectory: string): Promise<{ url: string; child: ChildProcess }> {
  const script = path.join(dataDirectory, '..', 'start.ts');
  writeFileSync(
    script,
    `import { startPlatform } from ${JSON.stringify(PLATFORM)};
     const { url } = await startPlatform(${JSON.stringify({ assembly, dataDirectory })});
     console.log(url);`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', () => reject(new Error('the platform ended before it was ready')));
  });
  return { url, child };
}

describe('kill -9 of the local platform', () => {
  let directory: string;
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('leaves no child process, and the next start finds its folder free and ends a child that was blocked', async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'platform-'));
    const assembly = writeAssembly(path.join(directory, 'cdk.out'), { Stack: appTemplate(HANDLER) });
    const dataDirectory = path.join(directory, 'data');
    const { url, child } = await startProcess(assembly, dataDirectory);
    const idlePid = Number(await (await fetch(`${url}/pid`)).text());
    const blocked = fetch(`${url}/block`).catch(() => 'cut off');
    await vi.waitFor(async () => expect(await (await fetch(`${url}/pid`)).text()).not.toBe(String(idlePid)), {
      timeout: 10_000,
    });
    const secondPid = Number(await (await fetch(`${url}/pid`)).text());

    child.kill('SIGKILL');
    expect(await blocked).toBe('cut off');
    await vi.waitFor(() => expect(isAlive(secondPid)).toBe(false), { timeout: 10_000 });
    expect(isAlive(idlePid)).toBe(true);

    const platform = await startPlatform({ assembly, dataDirectory });
    try {
      await vi.waitFor(() => expect(isAlive(idlePid)).toBe(false), { timeout: 10_000 });
      expect((await fetch(`${platform.url}/pid`)).status).toBe(200);
    } finally {
      await platform.close();
    }
  });
});
