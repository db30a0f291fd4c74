import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { getJson, postJson, register } from '../support/api-calls.ts';
import { type KeelsonProcess, keelson, lastJson, startKeelson } from '../support/keelson-process.ts';
import { offsetModel, offsetRequest } from '../support/offset-model.ts';
import { loopModel, memoryModel } from '../support/onnx-models.ts';

let folder: string;
let platform: KeelsonProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-misbehaving-'));
  platform = await startKeelson(folder);
  for (const [service, bytes] of [
    ['sound', offsetModel(1)],
    ['looping', loopModel()],
    ['crashing', loopModel()],
    ['hungry', memoryModel()],
  ] as const) {
    await register(platform.url, service, bytes);
    await postJson(`${platform.url}/api/services/${service}/rollouts`, { version: 1 });
  }
});
afterAll(async () => {
  await platform.kill('SIGTERM');
  rmSync(folder, { recursive: true });
});

const askText = async (path: string, body: string) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${platform.url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const ask = (path: string, body: unknown) => askText(path, JSON.stringify(body));

const X = { name: 'x', datatype: 'FP32', shape: [1], data: [1] };
/** Trips are written as text: they do not fit a double. */
const loop = (trips: string, path = '/v2/models/looping/infer') => {
  const inputs = JSON.stringify([X, { name: 'trips', datatype: 'INT64', shape: [], data: ['TRIPS'] }]);
  return askText(path, `{"inputs":${inputs.replace('"TRIPS"', trips)}}`);
};
const FOREVER = String(2n ** 60n);

const zeros = (...shape: number[]) =>
  ask('/v2/models/hungry/infer', {
    inputs: [{ name: 'shape', datatype: 'INT64', shape: [shape.length], data: shape }],
  });

const sound = async (): Promise<number> =>
  (await fetch(`${platform.url}/v2/models/sound/infer`, offsetRequest(1))).status;

/** Model processes below the platform, with the seconds of processor time that each has used. */
const modelProcesses = (): { pid: number; cpuSeconds: number }[] =>
  execFileSync('ps', ['-eo', 'pid=,cputimes=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('model-process.cjs') && line.includes(folder))
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, cpuSeconds = 0]) => ({ pid, cpuSeconds }));

describe('a model that hangs', () => {
  it('fails its own request at the deadline, while others are answered, and answers the next', async () => {
    const hanging = loop(FOREVER);
    const others: number[] = [];
    let waiting = true;
    void hanging.finally(() => {
      waiting = false;
    });
    while (waiting) others.push(await sound());
    const { status, body } = await hanging;
    expect([status, body['code']]).toEqual([504, 'infer.deadline_exceeded']);
    expect(others.length).toBeGreaterThan(10);
    expect(new Set(others)).toEqual(new Set([200]));
    expect((await loop('1')).status).toBe(200);
  });

  it('fails in the shape of each protocol', async () => {
    const [sageMaker, mlflow] = await Promise.all([
      loop(FOREVER, '/endpoints/looping/invocations'),
      ask('/models/looping/invocations', { inputs: { x: [1], trips: 2 ** 50 } }),
    ]);
    expect([sageMaker.status, sageMaker.body['OriginalStatusCode']]).toEqual([424, 504]);
    expect([mlflow.status, typeof mlflow.body['error_code']]).toEqual([504, 'string']);
  });
});

/** Asks for ever, and kills the process that is busy with it. */
async function crash(service: string) {
  const hanging = loop(FOREVER, `/v2/models/${service}/infer`);
  const busy = await vi.waitFor(
    () => {
      const found = modelProcesses().filter(({ cpuSeconds }) => cpuSeconds >= 1);
      expect(found.length).toBeGreaterThan(0);
      return found;
    },
    { timeout: 8_000, interval: 100 },
  );
  for (const { pid } of busy) process.kill(pid, 'SIGKILL');
  return hanging;
}

describe('a model that crashes', () => {
  it('fails where its process is killed, three times, then is quarantined until that is lifted', async () => {
    for (let crashes = 0; crashes < 3; crashes += 1) {
      const { status, body } = await crash('crashing');
      expect([status, body['code']]).toEqual([502, 'infer.model_crashed']);
      expect(body['error']).not.toMatch(/SIGKILL|process-|\//);
      expect(await sound()).toBe(200);
    }
    // A process that has had it in memory before answers until it crashes there, too; every other refuses to load it.
    const refused = await vi.waitFor(
      async () => {
        const answer = await loop('1', '/v2/models/crashing/infer');
        expect(answer.status).toBe(503);
        return answer;
      },
      { timeout: 10_000 },
    );
    expect(refused.body['code']).toBe('infer.quarantined');
    const listed = await keelson(platform.url, 'quarantine', 'crashing', '--json');
    expect(lastJson(listed.stdout)).toMatchObject({ quarantined: [{ version: 1, reason: 'infer.model_crashed' }] });
    await register(platform.url, 'crashing', loopModel());
    await postJson(`${platform.url}/api/services/crashing/rollouts`, { version: 2 });
    expect(await keelson(platform.url, 'rollback', 'crashing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('quarantined'),
    });
    expect(await keelson(platform.url, 'quarantine', 'crashing', '--release', '1')).toMatchObject({ code: 0 });
    await postJson(`${platform.url}/api/services/crashing/rollback`, {});
    await vi.waitFor(
      async () => expect((await loop('1', '/v2/models/crashing/infer')).body['model_version']).toBe('1'),
      { timeout: 10_000 },
    );
    expect(await getJson(`${platform.url}/v2/health/live`)).toEqual({ live: true });
  });
});

describe('a model that takes all memory', () => {
  it('fails without the loss of its process where the kernel refuses so much', async () => {
    for (let request = 0; request < 4; request += 1) {
      const { status, body } = await zeros(9_000, 1_000, 1_000);
      expect([status, body['code']]).toEqual([502, 'infer.model_out_of_memory']);
    }
    expect((await zeros(10)).status).toBe(200);
  });
});
