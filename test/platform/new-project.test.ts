import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keelson as cli } from '../support/keelson-process.ts';

const run = promisify(execFile);

const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED|E40[13]/;

/** Installs the project's packages. @returns why that is not possible here, if so */
async function install(folder: string): Promise<string | undefined> {
  try {
    await run('npm', ['install', '--prefer-offline'], { cwd: folder });
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr: string };
    if (OFFLINE.test(stderr)) return 'skipped: there is no package registry to install from here';
    throw error;
  }
}

describe('a new project', () => {
  let folder: string;
  let offline: string | undefined;
  beforeAll(async () => {
    folder = join(mkdtempSync(join(tmpdir(), 'keelson-init-')), 'Shop models');
    expect(await cli('', 'init', folder)).toMatchObject({ code: 0 });
    offline = await install(folder);
  });
  afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

  const npm = (...args: string[]) => run('npm', args, { cwd: folder });

  it('compiles, and synthesizes the services that it declares', async ({ skip }) => {
    skip(offline !== undefined, offline);
    await npm('run', 'check');
    await npm('run', 'synth');
    const template = readFileSync(join(folder, 'cdk.out', 'ShopModels.template.json'), 'utf8');
    expect(template).toContain('POST /v2/models/churn/infer');
  });

  it('starts with `npm start`, serves what it declares, and stops cleanly', async ({ skip }) => {
    skip(offline !== undefined, offline);
    const child = spawn('npm', ['start', '--', '--port', '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((done) => child.once('exit', done));
    try {
      const url = await new Promise<string>((ready, fail) => {
        void ended.then((code) => fail(new Error(`npm start ended with ${code}`)));
        createInterface(child.stdout).on('line', (line) => {
          const found = /^keelson ready (\S+)$/.exec(line)?.[1];
          if (found) ready(found);
        });
      });
      // Its own command line, from its own folder, by the link that npm made.
      const { stdout } = await run('npx', ['keelson', '--url', url, 'services', '--json'], { cwd: folder });
      expect(JSON.parse(stdout)).toMatchObject({ services: [{ service: 'churn', declared: true }] });
      expect(existsSync(join(folder, '.keelson'))).toBe(true);
    } finally {
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
  });
});
