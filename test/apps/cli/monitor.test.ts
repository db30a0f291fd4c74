import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AlarmList } from '../../../core/contracts/alarms.ts';
import type { WindowList } from '../../../core/contracts/windows.ts';
import { summaryOf } from '../../../core/usecases/windows/describe-window.ts';
import { aBadReport, aWindow } from '../../support/a-window.ts';
import { type FakeApi, startFakeApi } from '../../support/fake-api.ts';
import { onlyJson, runKeelson } from '../../support/run-cli.ts';

const REPORT = aBadReport('amount');
const ALARMS: AlarmList = {
  service: 'fraud',
  alarms: (['errors', 'drift'] as const).map((kind) => ({
    kind,
    name: `keelson.Keelson.fraud.${kind}`,
    state: kind === 'drift' ? 'ALARM' : 'OK',
    since: '2026-06-01T02:05:00.000Z',
    means: 'it moved',
    reason: 'Threshold Crossed',
    threshold: '>= 1 in 2 of 3 periods of 3600 s',
    falseAlarms: { ...(kind === 'drift' && { perMonth: 0.0312 }), says: 'stated' },
    runbook: `docs/runbooks/${kind}.md`,
  })),
  notes: ['a note of alarms'],
};

let api: FakeApi;
let folder: string;
let list: WindowList;

beforeEach(async () => {
  api = await startFakeApi();
  folder = mkdtempSync(join(tmpdir(), 'keelson-monitor-cli-'));
  list = { service: 'fraud', windows: [summaryOf(REPORT), aWindow(0)], notes: [] };
  api.watch = ({ path }) => {
    if (path.includes('format=html')) return { body: '<!doctype html>', headers: { 'content-type': 'text/html' } };
    if (path.endsWith('/alarms')) return { body: JSON.stringify(ALARMS) };
    return { body: JSON.stringify(path.includes('/windows/') ? REPORT : list) };
  };
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const monitor = (...args: string[]) => runKeelson(['monitor', 'fraud', ...args], { env: { KEELSON_URL: api.url } });

describe('keelson monitor', () => {
  it('says what the newest window found, lists windows and alarms, what rings first', async () => {
    const { code, stdout } = await monitor();
    expect(code).toBe(0);
    expect(stdout.startsWith('DRIFT: amount moved')).toBe(true);
    expect(stdout).toMatch(
      /1\.window\.20260601T0100Z +2026-06-01 01:00:00Z +600 +DRIFT +1 violation +WORSE +BIASED +amount/,
    );
    expect(stdout).toMatch(/drift +ALARM +2026-06-01 02:05:00Z +0\.031 a month +docs\/runbooks\/drift\.md\nerrors +OK/);
    expect(stdout).toContain('Note: a note of alarms');
    expect(api.requests.map(({ path }) => path)).toContain('/api/services/fraud/windows?series=window&limit=12');
  });

  it('says why there are no windows', async () => {
    list = { service: 'fraud', windows: [], notes: ['version 1 has no baseline'] };
    const { code, stdout } = await monitor();
    expect(code).toBe(0);
    expect(stdout).toContain('No window of fraud has been evaluated.');
    expect(stdout).toContain('Note: version 1 has no baseline');
  });

  it('shows one window: each column against training with its trend, quality, performance, bias', async () => {
    const { code, stdout } = await monitor('--window', REPORT.id);
    expect(code).toBe(0);
    expect(stdout).toMatch(/amount +DRIFT +0\.0005 +▅▅▁ +▂█▁ +▁█ +median 3 to 7/);
    expect(stdout).toMatch(/amount +completeness_check +amount is 95 % complete/);
    expect(stdout).toMatch(/roc_auc +0\.81 +0\.78 to 0\.84 +0\.93/);
    expect(stdout).toMatch(/accuracy \(estimated\) +0\.81/);
    expect(stdout).toMatch(/amount +DPPL +BIASED +0\.81/);
  });

  it('writes the newest report as a page, and answers with it for machines', async () => {
    const file = join(folder, 'report.html');
    const { code, stdout } = await monitor('--report', file, '--json');
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('<!doctype html>');
    expect(onlyJson(stdout)).toMatchObject({ id: REPORT.id, state: 'DRIFT' });
  });

  it('lets no control character of a name reach the terminal', async () => {
    const hostile = aBadReport('\u001b[2Jamount');
    api.watch = () => ({ body: JSON.stringify(hostile) });
    const { stdout } = await monitor('--window', REPORT.id);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('\\u001b[2Jamount');
  });

  it('fails where there is no window to report', async () => {
    list = { service: 'fraud', windows: [], notes: ['version 1 has no baseline'] };
    const { code, stderr } = await monitor('--window', 'newest');
    expect(code).toBe(1);
    expect(stderr).toContain('no window of fraud has been evaluated\nversion 1 has no baseline');
  });

  it('fails for a file that cannot be written', async () => {
    const { code, stderr } = await monitor('--report', join(folder, 'no', 'report.html'));
    expect(code).toBe(1);
    expect(stderr).toContain('cannot write');
  });

  it.each([
    [['--window', 'yesterday'], 'newest'],
    [['--limit', '201'], '200 windows'],
    [['--series', 'month'], 'window, day, week'],
    [['--window', REPORT.id, '--version', '2'], '--version chooses among windows'],
  ])('fails for %j as a wrong usage', async (args, text) => {
    const { code, stderr } = await monitor(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });
});
