import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeelsonClient } from '../../../apps/client/index.ts';
import { RegisterRequest } from '../../../core/contracts/api.ts';
import { type FakeApi, startFakeApi } from '../../support/fake-api.ts';
import { runKeelson } from '../../support/run-cli.ts';

let api: FakeApi;
let folder: string;
let model: string;

beforeEach(async () => {
  api = await startFakeApi();
  folder = mkdtempSync(join(tmpdir(), 'keelson-external-'));
  model = put('project/model.onnx', 'a model');
});

afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

function put(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const register = (terminal = false) =>
  runKeelson(['register', 'churn', model, '--json'], { env: { KEELSON_URL: api.url }, terminal });

/** What was asked for, of the requests that register. */
const registrations = () =>
  api.requests
    .filter(({ path }) => path.endsWith('/versions'))
    .map(({ body, headers }) => ({ ...RegisterRequest.parse(JSON.parse(body)), key: headers['idempotency-key'] }));

describe('keelson register, of a model with its weights in other files', () => {
  it('uploads the files that lie beside the model, and registers it with them', async () => {
    api.keepWeightsIn('model.onnx.data', 'parts/b.bin');
    put('project/model.onnx.data', 'weights');
    put('project/parts/b.bin', 'more weights');
    const { code, stderr } = await register();
    expect([code, stderr]).toEqual([0, '']);
    const [first, second] = registrations();
    expect(first).not.toHaveProperty('externalData');
    expect(second).toMatchObject({
      sha256: sha256('a model'),
      uploadId: first?.uploadId,
      externalData: [
        { location: 'model.onnx.data', sha256: sha256('weights') },
        { location: 'parts/b.bin', sha256: sha256('more weights') },
      ],
    });
    expect(second?.key).not.toBe(first?.key);
    expect(api.puts.map((each) => each.sha256)).toEqual(['a model', 'weights', 'more weights'].map(sha256));
  });

  it('shows the progress of every file', async () => {
    api.keepWeightsIn('model.onnx.data');
    put('project/model.onnx.data', 'w'.repeat(1000));
    const { stderr } = await register(true);
    expect(stderr).toContain('7 B of 7 B');
    expect(stderr).toContain('1000 B of 1000 B');
  });

  it.each([
    { what: 'is missing', make: () => undefined, says: 'is missing' },
    {
      what: 'is a symbolic link',
      make: () => symlinkSync(put('secret', 'key'), join(folder, 'project', 'w.bin')),
      says: 'symbolic link',
    },
    {
      what: 'is a hard link',
      make: () => linkSync(put('secret', 'key'), join(folder, 'project', 'w.bin')),
      says: 'hard link',
    },
    { what: 'is a folder', make: () => mkdirSync(join(folder, 'project', 'w.bin')), says: 'no regular file' },
    {
      what: 'lies behind a linked folder',
      location: 'parts/w.bin',
      make: () => {
        put('elsewhere/w.bin', 'key');
        symlinkSync(join(folder, 'elsewhere'), join(folder, 'project', 'parts'));
      },
      says: 'symbolic link',
    },
    {
      what: 'lies outside',
      location: '../secret',
      make: () => put('secret', 'key'),
      says: "not a plain path in the model's folder",
    },
    { what: 'is named by an absolute path', location: '/etc/passwd', make: () => undefined, says: 'not a plain path' },
    { what: 'is named with a backslash', location: '..\\secret', make: () => undefined, says: 'not a plain path' },
    { what: 'is named with a drive', location: 'C:w.bin', make: () => undefined, says: 'not a plain path' },
  ])('fails for a file that $what, and sends none', async ({ location = 'w.bin', make, says }) => {
    api.keepWeightsIn('first.bin', location);
    put('project/first.bin', 'weights');
    make();
    const { code, stdout, stderr } = await register();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`keelson: model.onnx keeps weights in ${JSON.stringify(location)}`);
    expect(stderr).toContain(says);
    expect(api.puts.map((each) => each.sha256)).toEqual([sha256('a model')]);
  });

  it('fails for files that are too large together, before sending them', async () => {
    api.keepWeightsIn('w.bin');
    truncateSync(put('project/w.bin', ''), 200 * 1024 * 1024 - 6);
    const { code, stderr } = await register();
    expect(code).toBe(1);
    expect(stderr).toContain('209715201 bytes; at most 209715200 are taken in all');
    expect(api.puts).toHaveLength(1);
  });
});

describe('Keelson client, of a model with its weights in other files', () => {
  const client = () => createKeelsonClient({ url: api.url, retryDelaysMs: [1] });
  const bytes = (text: string) => new TextEncoder().encode(text);

  it('takes bytes for the model and for each file', async () => {
    api.keepWeightsIn('w.bin');
    const version = await client().register('churn', bytes('m'), { externalData: { 'w.bin': bytes('weights') } });
    expect(version.version).toBe(1);
    expect(api.puts.map((each) => each.sha256)).toEqual(['m', 'weights'].map(sha256));
  });

  it('registers the same twice under one key with one version', async () => {
    api.keepWeightsIn('w.bin');
    const options = { idempotencyKey: 'k', externalData: { 'w.bin': bytes('weights') } };
    const first = await client().register('churn', bytes('m'), options);
    expect(await client().register('churn', bytes('m'), options)).toEqual(first);
    expect(await client().versions('churn')).toEqual([first]);
  });

  it('fails for bytes whose file is not given, naming it', async () => {
    api.keepWeightsIn('w.bin');
    const failed = client().register('churn', bytes('m'));
    await expect(failed).rejects.toMatchObject({
      name: 'ModelFileFailure',
      message: expect.stringContaining('"w.bin"'),
    });
  });
});
