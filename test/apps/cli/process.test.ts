import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type FakeApi, startFakeApi } from '../../support/fake-api.ts';

/** As a user runs it. */
async function keelson(api: FakeApi, args: readonly string[], stdin = '') {
  const child = spawn(process.execPath, ['bin/keelson.ts', ...args], { env: { ...process.env, KEELSON_URL: api.url } });
  child.stdin.end(stdin);
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

describe('bin/keelson.ts', () => {
  it('ends with the exit code, after all of a large answer has been written', async () => {
    const api = await startFakeApi();
    const body = JSON.stringify({ predictions: Array.from({ length: 200_000 }, (_, row) => row) });
    api.predict = () => ({ body });
    const done = await keelson(api, ['predict', 'churn', '--input', '-', '--json'], '[[1]]');
    const [refused, wrong] = [await keelson(api, ['versions', 'none']), await keelson(api, ['none'])];
    await api.close();
    expect({ code: done.code, stderr: done.stderr, length: done.stdout.length }).toEqual({
      code: 0,
      stderr: '',
      length: body.length + 1,
    });
    expect([refused.code, wrong.code]).toEqual([1, 2]);
    expect(refused.stderr).toBe('keelson: there is no service "none" (registry.service_not_found, HTTP 404)\n');
  });
});
