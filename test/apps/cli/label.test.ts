import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabelBatch, type LabelReport } from '../../../core/contracts/labels.ts';
import { CONTROL_BODY_LIMIT_BYTES } from '../../../core/contracts/limits.ts';
import { type FakeApi, failure, startFakeApi } from '../../support/fake-api.ts';
import { type CliOptions, onlyJson, runKeelson } from '../../support/run-cli.ts';

let api: FakeApi;
let folder: string;
let known: Map<string, string>;

beforeEach(async () => {
  api = await startFakeApi();
  folder = mkdtempSync(join(tmpdir(), 'keelson-label-'));
  known = new Map();
  api.label = (body) => ({ body: JSON.stringify(keep(LabelBatch.parse(JSON.parse(body)))) });
});

afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

/** A server that knows every prediction but those whose ids begin with "no". */
function keep(batch: LabelBatch): LabelReport {
  const unknownIds = batch.filter(({ id }) => id.startsWith('no')).map(({ id }) => id);
  const told = batch.filter(({ id }) => !id.startsWith('no'));
  const fresh = told.filter(({ id }) => !known.has(id));
  for (const each of told) known.set(each.id, JSON.stringify(each));
  const counts = { received: batch.length, accepted: fresh.length, duplicate: told.length - fresh.length };
  return { service: 'fraud', ...counts, corrected: 0, outdated: 0, unknown: unknownIds.length, unknownIds };
}

const keelson = (args: readonly string[], options: CliOptions = {}) =>
  runKeelson(args, { ...options, env: { KEELSON_URL: api.url, ...options.env } });

function file(content: string): string {
  const path = join(folder, 'labels.csv');
  writeFileSync(path, content);
  return path;
}

const batches = () => api.requests.map(({ body }) => LabelBatch.parse(JSON.parse(body)));

describe('keelson label', () => {
  it('sends what the columns hold, whatever their order, and tells what became of it', async () => {
    const csv = file(
      'label,id,at,row\n1,order-1,2026-06-01T12:00:00Z,\nlegit,order-2,,3\ntrue,"order,3",,\n007,no-4,,\n',
    );
    const { code, stdout } = await keelson(['label', 'fraud', csv]);
    expect(code).toBe(0);
    expect(batches()).toEqual([
      [
        { id: 'order-1', label: 1, at: '2026-06-01T12:00:00Z' },
        { id: 'order-2', label: 'legit', row: 3 },
        { id: 'order,3', label: true },
        { id: 'no-4', label: '007' },
      ],
    ]);
    expect(stdout).toMatch(/accepted +3\n/);
    expect(stdout).toMatch(/unknown +1\n/);
    expect(stdout).toContain('(no-4)');
  });

  it('cuts many into requests that the API takes, and adds the answers up; a repeat counts nothing twice', async () => {
    const rows = Array.from(
      { length: 4_321 },
      (_, index) => `order-${index}-${'x'.repeat(index % 2 ? 240 : 1)},${index % 2}`,
    );
    const csv = file(`id,label\n${rows.join('\n')}\n`);
    const first = await keelson(['label', 'fraud', csv, '--json']);
    expect(onlyJson(first.stdout)).toMatchObject({ received: 4_321, accepted: 4_321, duplicate: 0, unknown: 0 });
    expect(batches().every((batch) => batch.length <= 1_000)).toBe(true);
    expect(Math.max(...api.requests.map(({ body }) => Buffer.byteLength(body)))).toBeLessThanOrEqual(
      CONTROL_BODY_LIMIT_BYTES,
    );
    expect(known.size).toBe(4_321);
    const second = await keelson(['label', 'fraud', csv, '--json']);
    expect(onlyJson(second.stdout)).toMatchObject({ received: 4_321, accepted: 0, duplicate: 4_321 });
  });

  it('reads the standard input, and tries again what failed for a passing reason', async () => {
    api.interrupt(failure(503, 'registry.unavailable', 'try again'));
    const { code, stdout } = await keelson(['label', 'fraud', '-', '--json'], { stdin: 'id,label\na,1\n' });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ received: 1, accepted: 1 });
  });

  it.each([
    ['columns that are not labels', 'id,label,score\na,1,2\n', 'got id, label, score'],
    ['a missing column', 'id,at\na,2026-06-01T12:00:00Z\n', 'must name the columns id, label'],
    ['a line without a value', 'id,label\na,1\nb,\n', 'line 3 of the labels: label'],
    ['a line with a wrong time', 'id,label,at\na,1,yesterday\n', 'line 2 of the labels: at'],
    ['a line of another length', 'id,label\na\n', 'not valid CSV'],
    ['nothing but a header', 'id,label\n', 'no labels below its header'],
  ])('fails for %s, saying which', async (_, csv, problem) => {
    const { code, stdout, stderr } = await keelson(['label', 'fraud', file(csv)]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(problem);
  });

  it('fails with what the API says, and sends no more than was on its way', async () => {
    api.refuse(({ path }) => path.endsWith('/labels'), failure(409, 'labels.not_captured', 'declare "capture"'));
    const rows = Array.from({ length: 20_000 }, (_, index) => `order-${index},1`);
    const { code, stderr } = await keelson(['label', 'fraud', file(`id,label\n${rows.join('\n')}\n`)]);
    expect(code).toBe(1);
    expect(stderr).toContain('declare "capture"');
    expect(api.requests.length).toBeLessThanOrEqual(8);
  });
});
