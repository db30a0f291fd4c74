import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeApi, startFakeApi } from '../../support/fake-api.ts';
import { onlyJson, runKeelson } from '../../support/run-cli.ts';
import { compile } from '../../support/typed-client.ts';

let api: FakeApi;
let folder: string;
let out: string;

beforeEach(async () => {
  api = await startFakeApi();
  folder = mkdtempSync(join(tmpdir(), 'keelson-cli-'));
  out = join(folder, 'client.ts');
  const model = join(folder, 'model.onnx');
  writeFileSync(model, 'model');
  await keelson('register', 'churn', model, '--promote');
  await keelson('register', 'churn', model);
});

afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const keelson = (...args: string[]) => runKeelson(args, { env: { KEELSON_URL: api.url } });

describe('keelson client', () => {
  it('writes a client of the version that serves, which compiles', async () => {
    const { code, stdout } = await keelson('client', 'churn', '--out', out);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${out} is a client of churn, made from version 1\n` });
    expect(compile({ '/client.ts': readFileSync(out, 'utf8') })).toEqual([]);
  });

  it('writes one of the version that is asked for over its own, and tells machines', async () => {
    await keelson('client', 'churn', '--out', out);
    const { stdout } = await keelson('client', 'churn', '--out', out, '--version', '2', '--json');
    expect(onlyJson(stdout)).toMatchObject({ service: 'churn', version: 2, out });
    expect(readFileSync(out, 'utf8')).toContain('Made from version 2');
  });

  it('fails rather than write over a file of somebody else', async () => {
    writeFileSync(out, 'mine');
    const { code, stderr } = await keelson('client', 'churn', '--out', out);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('exists, and `keelson client` did not write it'),
    });
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it('fails for a folder that is not there, an unknown service, an unknown version and without --out', async () => {
    const nowhere = await keelson('client', 'churn', '--out', join(folder, 'no', 'client.ts'));
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such folder') });
    expect(await keelson('client', 'nobody', '--out', out)).toMatchObject({ code: 1 });
    expect(await keelson('client', 'churn', '--out', out, '--version', '9')).toMatchObject({ code: 1 });
    expect(await keelson('client', 'churn')).toMatchObject({ code: 2 });
  });
});
