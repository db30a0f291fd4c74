import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeApi, failure, startFakeApi } from '../../support/fake-api.ts';
import { type CliOptions, onlyJson, runKeelson } from '../../support/run-cli.ts';

let api: FakeApi;
let folder: string;

beforeEach(async () => {
  api = await startFakeApi();
  folder = mkdtempSync(join(tmpdir(), 'keelson-cli-'));
});

afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const keelson = (args: readonly string[], options: CliOptions = {}) =>
  runKeelson(args, { ...options, env: { KEELSON_URL: api.url, ...options.env } });

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const MODEL = Buffer.alloc(700_000, 'model');
const MODEL_SHA256 = createHash('sha256').update(MODEL).digest('hex');

/** Version 1, and version 2 with metrics; version 1 serves. */
async function twoVersions(service = 'churn'): Promise<void> {
  const model = file('model.onnx', MODEL);
  const metrics = file('metrics.json', '{"rocAuc": 0.981234567, "logLoss": 0.1, "brier": 0.02, "accuracy": 0.9}');
  await keelson(['register', service, model, '--promote']);
  await keelson(['register', service, model, '--metrics', metrics]);
}

describe('keelson services', () => {
  it('says how to begin while there is nothing', async () => {
    const { code, stdout } = await keelson(['services']);
    expect(code).toBe(0);
    expect(stdout).toContain('keelson register NAME model.onnx');
  });

  it('shows which version serves, and what runs it', async () => {
    await twoVersions('churn');
    await twoVersions('fraud');
    const { code, stdout } = await keelson(['services']);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'SERVICE  SERVES  LATEST  RUNS IN           CHANGED',
      'churn         1       2  the pool          2026-11-24 02:16:00Z',
      'fraud         1       2  its own function  2026-11-24 02:16:00Z',
    ]);
  });

  it('prints one JSON object for machines, wherever --json stands', async () => {
    await twoVersions();
    const after = await keelson(['services', '--json']);
    const before = await keelson(['--json', 'services']);
    expect(onlyJson(after.stdout)).toMatchObject({ services: [{ service: 'churn', champion: 1, latestVersion: 2 }] });
    expect(before.stdout).toBe(after.stdout);
    expect(after.stderr).toBe('');
  });
});

describe('keelson register', () => {
  it('uploads the file, registers it, and shows its signature, its notes and what to do next', async () => {
    const { code, stdout, stderr } = await keelson(['register', 'churn', file('model.onnx', MODEL)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      `churn version 1 is registered  (2.0 KiB, sha256 ${MODEL_SHA256.slice(0, 12)})`,
      '',
      '        TENSOR         DATATYPE  SHAPE',
      'input   x              FP32      [N, 30]',
      'output  label          INT64     [?]',
      'output  probabilities  FP32      [N, 2]',
      'classes of label: no, yes',
      'note: the ZipMap at the end was removed',
      '',
      'Let it serve:  keelson rollout churn 1',
    ]);
    expect(api.puts).toMatchObject([{ bytes: MODEL.length, sha256: MODEL_SHA256 }]);
  });

  it('prints the version for machines', async () => {
    const { stdout } = await keelson(['register', 'churn', file('model.onnx', MODEL), '--json']);
    expect(onlyJson(stdout)).toMatchObject({ service: 'churn', version: 1, sha256: MODEL_SHA256 });
  });

  it('sends what is known of the model', async () => {
    const { code } = await keelson([
      ...['register', 'churn', file('model.onnx', MODEL), '--baseline', 'baselines/churn'],
      ...['--metrics', file('m.json', '{"rocAuc": 0.9}'), '--lineage', file('l.json', '{"parentVersion": 3}')],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(api.requests.at(-1)?.body ?? '')).toEqual({
      sha256: MODEL_SHA256,
      uploadId: `churn-${MODEL_SHA256.slice(0, 8)}`,
      metrics: { rocAuc: 0.9 },
      lineage: { parentVersion: 3 },
      baseline: 'baselines/churn',
    });
  });

  it('uploads the data set of its baseline, and says what its columns are', async () => {
    const data = 'at,amount,label\n1,2,0\n';
    const sha256 = createHash('sha256').update(data).digest('hex');
    const { code } = await keelson([
      ...['register', 'churn', file('model.onnx', MODEL), '--baseline', file('train.CSV', data)],
      ...['--baseline-time', 'at', '--baseline-ignore', 'label', 'id'],
    ]);
    expect(code).toBe(0);
    const [, baseline] = api.puts;
    expect(baseline).toMatchObject({ bytes: data.length, sha256 });
    expect(JSON.parse(api.requests.at(-1)?.body ?? '')).toMatchObject({
      sha256: MODEL_SHA256,
      baseline: {
        uploadId: `churn-${sha256.slice(0, 8)}`,
        sha256,
        format: 'csv',
        time: 'at',
        ignore: ['label', 'id'],
        order: 'time',
      },
    });
  });

  it('takes JSON Lines in no order as a baseline', async () => {
    const data = file('train.jsonl', '{"x":1}\n');
    const { code } = await keelson([
      'register',
      'churn',
      file('model.onnx', MODEL),
      '--baseline',
      data,
      '--baseline-unordered',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(api.requests.at(-1)?.body ?? '')).toMatchObject({
      baseline: { format: 'jsonlines', order: 'none' },
    });
  });

  it.each([
    ['is not there', 'nowhere.csv', 'cannot read nowhere.csv'],
    ['has no format that is known', 'train.parquet', 'train.parquet is neither .csv nor .jsonl'],
  ])('fails for a baseline that %s, before a byte travels', async (_, path, text) => {
    const { code, stderr } = await keelson(['register', 'churn', file('model.onnx', MODEL), '--baseline', path]);
    expect(code).toBe(1);
    expect(stderr).toContain(text);
    expect(api.puts).toEqual([]);
  });

  it('rolls the version out at once with --promote, and says so', async () => {
    const model = file('model.onnx', MODEL);
    const { stdout } = await keelson(['register', 'churn', model, '--promote']);
    expect(stdout).toContain('churn is served by version 1; it is the first to serve.');
    const second = await keelson(['register', 'churn', model, '--promote', '--json']);
    expect(onlyJson(second.stdout)).toMatchObject({ version: 2, rollout: { version: 2, state: 'SUCCEEDED' } });
  });

  it('shows progress on stderr where that is a terminal, and nothing of it on stdout', async () => {
    const model = file('model.onnx', MODEL);
    const seen = await keelson(['register', 'churn', model, '--json'], { terminal: true });
    expect(seen.stderr).toMatch(/checking .*100% .*683\.6 KiB of 683\.6 KiB/);
    expect(seen.stderr).toMatch(/uploading .*100% .*683\.6 KiB of 683\.6 KiB/);
    expect(onlyJson(seen.stdout)).toMatchObject({ version: 1 });
    const piped = await keelson(['register', 'churn', model, '--json']);
    expect(piped.stderr).toBe('');
  });

  it('registers once, although the answer is lost on the way twice', async () => {
    api.loseAnswers(2, (request) => request.path.endsWith('/versions'));
    const { code, stdout } = await keelson(['register', 'churn', file('model.onnx', MODEL), '--json']);
    expect(code).toBe(0);
    expect(onlyJson(stdout)).toMatchObject({ version: 1 });
    const attempts = api.requests.filter(({ path }) => path.endsWith('/versions'));
    expect(attempts).toHaveLength(3);
    expect(new Set(attempts.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('fails with the server’s words, code and status', async () => {
    api.interrupt(failure(413, 'artifact.too_large', 'the model has too many bytes'));
    const { code, stdout, stderr } = await keelson(['register', 'churn', file('model.onnx', MODEL), '--json']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('keelson: the model has too many bytes (artifact.too_large, HTTP 413)\n');
  });

  it('fails before anything is sent for a model that is missing, empty, a folder or too large', async () => {
    const huge = file('huge.onnx', '');
    truncateSync(huge, 200 * 1024 * 1024 + 1);
    const messages = [];
    for (const path of [join(folder, 'none.onnx'), file('empty.onnx', ''), folder, huge]) {
      const { code, stderr } = await keelson(['register', 'churn', path]);
      messages.push([code, stderr.replace(`${folder}/`, '').trim()]);
    }
    expect(messages).toEqual([
      [1, 'keelson: cannot read none.onnx: there is no such file'],
      [1, 'keelson: empty.onnx is empty; an ONNX model is expected'],
      [1, `keelson: cannot read ${folder}: it is not a file`],
      [1, 'keelson: huge.onnx has 200.0 MiB; at most 200.0 MiB are taken'],
    ]);
    expect(api.requests).toEqual([]);
  });

  it('fails before anything is sent for metrics that are none, and names each', async () => {
    const metrics = file('m.json', '{"rocAuc": "high", "loss": null}');
    const { code, stderr } = await keelson(['register', 'churn', file('model.onnx', MODEL), '--metrics', metrics]);
    expect(code).toBe(1);
    expect(stderr).toContain('rocAuc');
    expect(stderr).toContain('loss');
    expect(api.requests).toEqual([]);
  });

  it('fails saying that the version is registered when only its rollout is refused', async () => {
    api.refuse(
      (request) => request.path.endsWith('/rollouts'),
      failure(409, 'registry.contended', 'others were faster'),
    );
    const { code, stdout, stderr } = await keelson(['register', 'churn', file('model.onnx', MODEL), '--promote']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'keelson: churn version 1 is registered, but was not rolled out',
      'keelson: others were faster (registry.contended, HTTP 409)',
      '',
    ]);
  });
});

describe('keelson versions', () => {
  it('lists the newest first, with its metrics, and marks the one that serves', async () => {
    await twoVersions();
    const { code, stdout } = await keelson(['versions', 'churn']);
    const hash = MODEL_SHA256.slice(0, 12);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'VERSION          REGISTERED               SIZE  SHA256           LOAD    PEAK       P99  METRICS',
      `      2          2026-11-24 02:15:09Z  2.0 KiB  ${hash}  18.1 ms  83 MiB  0.511 ms  rocAuc 0.98123, logLoss 0.1, brier 0.02, 1 more`,
      `      1  serves  2026-11-24 02:15:09Z  2.0 KiB  ${hash}        -       -         -  -`,
    ]);
  });

  it('prints all of it for machines', async () => {
    await twoVersions();
    const { stdout } = await keelson(['versions', 'churn', '--json']);
    expect(onlyJson(stdout)).toMatchObject({
      service: 'churn',
      champion: 1,
      versions: [{ version: 1 }, { version: 2 }],
    });
  });

  it('fails for a service that does not exist', async () => {
    const { code, stderr } = await keelson(['versions', 'none']);
    expect(code).toBe(1);
    expect(stderr).toBe('keelson: there is no service "none" (registry.service_not_found, HTTP 404)\n');
  });
});

describe('keelson rollout and rollback', () => {
  it('lets a version serve, and says which one did before', async () => {
    await twoVersions();
    const { code, stdout } = await keelson(['rollout', 'churn', '2']);
    expect(code).toBe(0);
    expect(stdout).toBe('churn is served by version 2; before, version 1 did.  (rollout 0197-1: SUCCEEDED)\n');
  });

  it('goes back to the version before', async () => {
    await twoVersions();
    await keelson(['rollout', 'churn', '2']);
    const { stdout } = await keelson(['rollback', 'churn', '--json']);
    expect(onlyJson(stdout)).toMatchObject({ id: '0197-1', kind: 'rollback', version: 1, state: 'SUCCEEDED' });
  });

  it('prints the rollout for machines', async () => {
    await twoVersions();
    const { stdout } = await keelson(['rollout', 'churn', '2', '--strategy', 'all-at-once', '--json']);
    expect(onlyJson(stdout)).toMatchObject({ id: '0197-1', state: 'SUCCEEDED', version: 2, previous: 1 });
  });

  it('repeats itself under one idempotency key while the API is unavailable', async () => {
    await twoVersions();
    api.interrupt(failure(503, 'registry.unavailable', 'later'), { status: 502, body: '<html>Bad gateway</html>' });
    const { code } = await keelson(['rollout', 'churn', '2']);
    expect(code).toBe(0);
    const keys = api.requests.slice(-3).map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(keys).size).toBe(1);
  });

  it('fails after four attempts with the last reason', async () => {
    api.interrupt(...Array.from({ length: 4 }, () => failure(503, 'registry.unavailable', 'the registry is away')));
    const { code, stderr } = await keelson(['rollback', 'churn']);
    expect(code).toBe(1);
    expect(stderr).toBe('keelson: the registry is away (registry.unavailable, HTTP 503)\n');
    expect(api.requests).toHaveLength(4);
  });

  it('fails where there is nothing to go back to, without asking twice', async () => {
    await twoVersions();
    const asked = api.requests.length;
    const { code, stderr } = await keelson(['rollback', 'churn']);
    expect(code).toBe(1);
    expect(stderr).toContain('no earlier version to go back to (registry.nothing_to_roll_back, HTTP 409)');
    expect(api.requests.length - asked).toBe(1);
  });
});

describe('keelson quarantine', () => {
  const quarantined = [
    { version: 2, crashes: 3, since: '2026-11-24T02:16:00.000Z', reason: 'infer.model_crashed' },
  ] as const;

  it('lists the versions that are not served, and why', async () => {
    api.interrupt({ body: JSON.stringify({ quarantined }) });
    const { code, stdout } = await keelson(['quarantine', 'churn']);
    expect([code, api.requests[0]?.path]).toEqual([0, '/api/services/churn/quarantine']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'VERSION  SINCE                 CRASHES  LAST',
      '      2  2026-11-24 02:16:00Z        3  infer.model_crashed',
    ]);
  });

  it('says so where there are none, and gives the list to machines', async () => {
    api.interrupt({ body: '{"quarantined":[]}' }, { body: JSON.stringify({ quarantined }) });
    expect((await keelson(['quarantine', 'churn'])).stdout).toBe('No version of churn is quarantined.\n');
    expect(onlyJson((await keelson(['quarantine', 'churn', '--json'])).stdout)).toEqual({
      service: 'churn',
      quarantined,
    });
  });

  it('lets one be served again', async () => {
    const released = { service: 'churn', version: 2, releasedAt: '2026-11-24T02:16:00.000Z' };
    api.interrupt({ body: JSON.stringify(released) });
    const { stdout } = await keelson(['quarantine', 'churn', '--release', '2']);
    expect(stdout).toBe('Version 2 of churn may be served again.\n');
    expect(api.requests[0]).toMatchObject({ method: 'DELETE', path: '/api/services/churn/versions/2/quarantine' });
  });

  it('fails for a version that is no number, and says what the API refuses', async () => {
    expect((await keelson(['quarantine', 'churn', '--release', 'two'])).code).toBe(2);
    api.interrupt(failure(409, 'registry.not_quarantined', 'version 2 of churn is not quarantined'));
    const { code, stderr } = await keelson(['quarantine', 'churn', '--release', '2']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('version 2 of churn is not quarantined')]);
  });
});
