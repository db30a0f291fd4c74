import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postJson, register } from '../support/api-calls.ts';
import { type KeelsonProcess, startKeelson } from '../support/keelson-process.ts';
import { offsetModel, offsetRequest } from '../support/offset-model.ts';

const CLIENTS = 8;

let folder: string;
let keelson: KeelsonProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-promotion-'));
  keelson = await startKeelson(folder);
});
afterAll(async () => {
  await keelson.kill('SIGTERM');
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly version: string | null;
  readonly y: number;
}

async function ask(service: string): Promise<Answer> {
  const response = await fetch(`${keelson.url}/v2/models/${service}/infer`, offsetRequest(1));
  const body = (await response.json()) as { outputs?: { data: number[] }[] };
  const version = response.headers.get('x-keelson-model-version');
  return { status: response.status, version, y: body.outputs?.[0]?.data[0] ?? Number.NaN };
}

/** Several clients ask without a pause until each of them has seen the version `enough` times in a row; a failure ends it. */
async function askUntil(service: string, version: string, enough: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  const client = async () => {
    for (let seen = 0, asked = 0; seen < enough && asked < 20_000; asked += 1) {
      const answer = await ask(service);
      answers.push(answer);
      if (answer.status !== 200) return;
      seen = answer.version === version ? seen + 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return answers;
}

const rollOut = (service: string, version: number) =>
  postJson(`${keelson.url}/api/services/${service}/rollouts`, { version });

it.each([
  ['of its own', 'fraud'],
  ['shared by the pool', 'anything'],
])(
  'moves every process of a function %s to the new champion without a failed request, and back',
  async (_, service) => {
    expect(await register(keelson.url, service, offsetModel(10))).toBe(1);
    expect(await register(keelson.url, service, offsetModel(20))).toBe(2);
    await rollOut(service, 1);
    await askUntil(service, '1', 20);

    const moving = askUntil(service, '2', 200);
    await rollOut(service, 2);
    const there = await moving;
    const goingBack = askUntil(service, '1', 200);
    await postJson(`${keelson.url}/api/services/${service}/rollback`, {});
    const back = await goingBack;

    for (const answers of [there, back]) {
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(answers.filter(({ version, y }) => y !== 1 + 10 * Number(version))).toEqual([]);
    }
    expect(there.slice(-CLIENTS).map(({ version }) => version)).toEqual(new Array(CLIENTS).fill('2'));
    expect(back.slice(-CLIENTS).map(({ version }) => version)).toEqual(new Array(CLIENTS).fill('1'));
  },
);

it('numbers 50 versions that are registered at once from 1 to 50', async () => {
  const numbers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => register(keelson.url, 'crowd', offsetModel(i))),
  );
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
});
