import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKeelson } from '../support/keelson-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-start-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Cuts every bundle short, as a kill does that comes while CDK copies it. */
function truncateBundles(assembly: string): number {
  const files = readdirSync(assembly, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.cjs'));
  for (const file of files) truncateSync(join(assembly, file));
  return files.length;
}

describe('npm start', () => {
  it('runs after a kill that cut the making of its assembly short', async () => {
    const killed = await startKeelson(folder);
    await killed.kill('SIGKILL');
    expect(truncateBundles(join(folder, 'cdk.out'))).toBeGreaterThan(0);
    const keelson = await startKeelson(folder);
    const answer = await fetch(`${keelson.url}/api/services`);
    expect(answer.status).toBe(200);
    expect(await keelson.kill('SIGINT')).toBe(0);
  });

  it.each([
    ['npm is told to stop', 'SIGTERM', 1],
    ['Ctrl-C tells npm and what it runs', 'SIGINT', -1],
  ] as const)('stops with 0 when %s, and leaves nothing running', async (_, signal, group) => {
    // In a group of its own, as a shell starts it.
    const npm = spawn('npm', ['start', '--', '--port', '0', '--data', folder, '--no-examples'], { detached: true });
    const ended = new Promise<number | null>((done) => npm.once('exit', done));
    const url = await new Promise<string>((ready, fail) => {
      createInterface(npm.stdout).on('line', (line) => {
        const found = /^keelson ready (\S+)$/.exec(line);
        if (found?.[1]) ready(found[1]);
      });
      void ended.then((code) => fail(new Error(`npm ended with ${code}`)));
    });
    process.kill(group * (npm.pid as number), signal);
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each([
    [['--port', 'abc'], '--port (or PORT) must be a number from 0 to 65535, got "abc"'],
    [['--port', ''], 'got ""'],
    [['--port', '65536'], 'got "65536"'],
    [['--token', '', '--host', '0.0.0.0'], '--token (or KEELSON_TOKEN) is empty'],
    [['--nope'], 'usage: npm start'],
    [['extra'], 'usage: npm start'],
  ])('fails for %j without starting anything', (options, says) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/start.ts', '--data', folder, ...options], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
  });
});
