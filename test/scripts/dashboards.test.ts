import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPOSED } from '../../core/usecases/expose-metrics.ts';
import { dashboardFiles } from '../../scripts/dashboards/all.ts';
import { temporaryFolder } from '../lib/synthesize.ts';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly gridPos: { x: number; y: number; w: number; h: number };
    readonly targets: readonly { readonly refId: string; readonly expr?: string; readonly metricName?: string }[];
  }[];
}

const files = dashboardFiles();
const read = (name: string) => JSON.parse(files[name] ?? '') as Dashboard;
const promtool = spawnSync('promtool', ['--version']).status === 0;

describe('dashboards for Grafana', () => {
  it('are what the metrics say; `node scripts/generate-dashboards.ts` brings them up to date', () => {
    expect(readdirSync('dashboards').toSorted()).toEqual(Object.keys(files).toSorted());
    for (const [name, text] of Object.entries(files)) expect(readFileSync(join('dashboards', name), 'utf8')).toBe(text);
  });

  it.each(Object.keys(files))('draw panels that do not overlap: %s', (name) => {
    const cells = read(name).panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(read(name).panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it('draw every metric that Prometheus scrapes', () => {
    const queries = read('grafana-prometheus.json').panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    for (const name of Object.keys(EXPOSED)) expect(queries.join('\n')).toContain(name);
  });

  it.skipIf(!promtool)('ask what Prometheus understands (skipped where it is not installed)', () => {
    const rules = read('grafana-prometheus.json')
      .panels.flatMap(({ targets }) => targets)
      .map(({ expr }, i) => ({ record: `drawn_${i}`, expr: expr?.replaceAll('$service', 'fraud') }));
    const file = join(temporaryFolder(), 'rules.yml');
    const groups = rules.map((rule, i) => ({ name: `g${i}`, rules: [rule] }));
    writeFileSync(file, JSON.stringify({ groups }));
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect(`${stderr}${status}`, stdout).toBe('0');
  });
});
