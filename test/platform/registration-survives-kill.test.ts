import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../core/domain/training/random.ts';
import { getJson, register, sha256 } from '../support/api-calls.ts';
import { startKeelson } from '../support/keelson-process.ts';
import { offsetModel, offsetRequest } from '../support/offset-model.ts';

const KILLS = 20;
const RIVALS = 4;
/** Long enough that some registrations are answered, short enough that others are under way. */
const LATEST_KILL_MS = 600;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-kill-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Version {
  readonly version: number;
  readonly sha256: string;
}

it(`loses nothing that was answered and leaves nothing half-registered when killed ${KILLS} times`, async () => {
  const random = createRandom(20);
  const answered = new Map<number, string>();
  let offset = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Only the first start synthesizes: what is killed here is the platform.
    const again = kill === 0 ? [] : ['--assembly', join(folder, 'cdk.out')];
    const keelson = await startKeelson(folder, ['--no-examples', ...again]);
    const registerNext = async (): Promise<void> => {
      offset += 1;
      const bytes = offsetModel(offset);
      answered.set(await register(keelson.url, 'hunted', bytes), sha256(bytes));
    };
    // Every other kill meets functions that run already: a cold start alone may take longer than the platform lives.
    if (kill % 2 === 0) await registerNext();
    const rival = async (): Promise<void> => {
      for (;;) await registerNext();
    };
    const rivals = Array.from({ length: RIVALS }, () => rival().catch(() => 'killed'));
    await sleep(random.uniform() * LATEST_KILL_MS);
    await keelson.kill('SIGKILL');
    await Promise.all(rivals);
  }

  const keelson = await startKeelson(folder);
  const { versions } = await getJson<{ versions: Version[] }>(`${keelson.url}/api/services/hunted/versions`);
  const registered = new Map(versions.map(({ version, sha256: hash }) => [version, hash]));
  expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => versions.length - index));
  expect([...answered].filter(([version, hash]) => registered.get(version) !== hash)).toEqual([]);
  expect(answered.size).toBeGreaterThan(0);

  const answers = await Promise.all(
    versions.map(async ({ version }) => {
      const url = `${keelson.url}/v2/models/hunted/versions/${version}/infer`;
      return (await fetch(url, offsetRequest(0))).status;
    }),
  );
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(await keelson.kill('SIGTERM')).toBe(0);
}, 300_000);
