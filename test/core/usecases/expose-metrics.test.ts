import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type ExposeMetricsDependencies, exposeMetrics } from '../../../core/usecases/expose-metrics.ts';
import { summaryOf } from '../../../core/usecases/windows/describe-window.ts';
import { aDraft } from '../../support/a-version.ts';
import { aBadReport } from '../../support/a-window.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';
import { memoryReportStore, memoryWindowStore } from '../../support/memory-window-store.ts';

const PREFIX = 'keelson.Keelson.';
const HOSTILE = 'a"b\\c\nd{e}';

async function open(change: Partial<ExposeMetricsDependencies> = {}) {
  const registry = memoryModelRegistry();
  await registry.appendVersion(aDraft());
  const windows = memoryWindowStore();
  const reports = memoryReportStore();
  const report = aBadReport(HOSTILE);
  await reports.putReport(report, '{}');
  const cursor = { version: 1, series: 'window', toMs: 0, revision: 1, memory: '' } as const;
  await windows.commit({ service: 'fraud', cursor, windows: [summaryOf(report)] }, { now: 0 });
  const faults: string[] = [];
  let asked = 0;
  const state = { sinceMs: 0, reason: '', threshold: '', runbook: '' };
  const expose = exposeMetrics({
    registry,
    windows,
    reports,
    alarms: {
      list: async () => {
        asked += 1;
        return [
          { name: `${PREFIX}fraud.drift`, state: 'ALARM', ...state },
          { name: `${PREFIX}fraud.errors`, state: 'OK', ...state },
          { name: `${PREFIX}another`, state: 'ALARM', ...state },
        ];
      },
    },
    monitored: ['fraud'],
    prefix: PREFIX,
    onFault: ({ what, service }) => void faults.push(`${what} ${service}`.trim()),
    ...change,
  });
  return { expose, faults, asked: () => asked };
}

const promtool = spawnSync('promtool', ['--version']).status === 0;

describe('metrics for Prometheus', () => {
  it('tells the newest window, its columns, labels and bias, and the alarms', async () => {
    const { expose } = await open();
    const text = await expose({ now: 0 });
    const escaped = 'a\\"b\\\\c\\nd{e}';
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        '# TYPE keelson_window_rows gauge',
        'keelson_champion_version{service="fraud"} 0',
        'keelson_window_rows{service="fraud",version="1"} 600',
        'keelson_window_state{service="fraud",version="1",state="DRIFT"} 1',
        'keelson_window_state{service="fraud",version="1",state="OK"} 0',
        `keelson_column_effect_ratio{service="fraud",version="1",column="${escaped}"} ${0.3 / 0.1}`,
        'keelson_quality_violations{service="fraud",version="1"} 1',
        'keelson_label_coverage_ratio{service="fraud",version="1"} 0.8',
        'keelson_performance{service="fraud",version="1",metric="roc_auc"} 0.81',
        `keelson_bias{service="fraud",version="1",field="${escaped}",metric="DPPL"} 0.81`,
        'keelson_alarm{service="fraud",kind="drift"} 1',
        'keelson_alarm{service="fraud",kind="errors"} 0',
        'keelson_scrape_errors 0',
      ]),
    );
    expect(text).not.toContain('another');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('is read once in half a minute, however often it is scraped', async () => {
    const { expose, asked } = await open();
    await expose({ now: 1_000 });
    await expose({ now: 30_999 });
    expect(asked()).toBe(1);
    await expose({ now: 31_000 });
    expect(asked()).toBe(2);
  });

  it('tells the rest where a part cannot be read, and counts the part', async () => {
    const { expose, faults } = await open({ alarms: { list: () => Promise.reject(new Error('no answer')) } });
    const text = await expose({ now: 0 });
    expect(text).toContain('keelson_window_rows{');
    expect(text).toContain('keelson_scrape_errors 1');
    expect(faults).toEqual(['alarms for metrics']);
  });

  it.skipIf(!promtool)(
    'is what promtool takes without complaint (skipped where Prometheus is not installed)',
    async () => {
      const { expose } = await open();
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: await expose({ now: 0 }),
      });
      expect(`${stdout}${stderr}`).toBe('');
      expect(status).toBe(0);
    },
  );
});
