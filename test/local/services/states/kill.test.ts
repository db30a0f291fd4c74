import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SCRIPT = fileURLToPath(new URL('./start-killed.ts', import.meta.url));
/** Later from time to time, so that each process gets further than the one before. */
const STEP = 1;
const PROCESSES_LIMIT = 60;

it('goes on after SIGKILL wherever it comes, and every effect has one request id', () => {
  using folder = temporaryFolder();
  const effects = path.join(folder.path, 'effects.jsonl');
  let kills = 0;
  for (let reads = 3; kills < PROCESSES_LIMIT; reads += STEP) {
    const { signal, status, stderr } = spawnSync(process.execPath, [SCRIPT, folder.path, effects, String(reads)], {
      encoding: 'utf8',
    });
    if (signal !== 'SIGKILL') {
      expect({ status, stderr: stderr.replace(/.*Warning.*\n?/g, '') }).toEqual({ status: 0, stderr: '' });
      break;
    }
    kills += 1;
  }
  expect(kills).toBeGreaterThan(10);
  expect(existsSync(effects)).toBe(true);
  const made = readFileSync(effects, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const once = new Map(made.map(({ state, input, requestId }) => [requestId, `${input}${state}`]));
  expect([...once.values()].sort()).toEqual(['1a', '1ab', '1ab2ab3abc', '2a', '2ab', '3a', '3ab']);
  const database = new DatabaseSync(path.join(folder.path, 'states.sqlite'), { readOnly: true });
  const executions = database.prepare('SELECT status, output FROM executions').all();
  database.close();
  expect(executions.map((each) => ({ ...each }))).toEqual([{ status: 'SUCCEEDED', output: '"1ab2ab3abc"' }]);
}, 120_000);
