import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Whether Debian's package `prometheus` or the like is installed. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;

interface Scraped {
  readonly metric: Readonly<Record<string, string>>;
  /** Instant and value. */
  readonly value: readonly [number, string];
}

/** Lets a Prometheus scrape the platform until it knows a metric, and asks it for that. */
export async function scrape(platformUrl: string, folder: string, metric: string): Promise<readonly Scraped[]> {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'prometheus.yml');
  const target = new URL(platformUrl);
  writeFileSync(
    config,
    `scrape_configs:\n  - job_name: keelson\n    scrape_interval: 1s\n    static_configs:\n      - targets: ['${target.host}']\n`,
  );
  const port = await freePort();
  const server = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  try {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const found = await query(`http://127.0.0.1:${port}/api/v1/query?query=${metric}`);
      if (found.length > 0) return found;
    }
    throw new Error(`Prometheus never learned of ${metric}`);
  } finally {
    server.kill('SIGKILL');
  }
}

async function query(url: string): Promise<readonly Scraped[]> {
  try {
    const { data } = (await (await fetch(url)).json()) as { data?: { result: readonly Scraped[] } };
    return data?.result ?? [];
  } catch {
    // It is not listening yet.
    return [];
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
