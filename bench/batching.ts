import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareServers, describeTimes, ratioTo } from './load/compare-servers.ts';
import { startPlatformProcess } from './load/platform-process.ts';
import { perceptron } from './models.ts';
import { requestEvent } from './request-event.ts';

const ROUNDS = 5;
const ROUND_MS = 2_500;
const WARM_UP_MS = 5_000;

/**
 * One row over HTTP to a model on ONNX Runtime in one process that takes several requests: with batching, against the same
 * weights in a model whose axis 0 is fixed, which is not batched.
 *
 * @returns by number of clients, throughput and processor time with a ratio to the model that is not batched
 */
export async function benchBatching(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-batching-'));
  const bodyFile = join(folder, 'body.json');
  writeFileSync(bodyFile, String(requestEvent('any')['body']));
  const platform = await startPlatformProcess(join(import.meta.dirname, 'http', 'native.config.ts'));
  try {
    await platform.register('batched', perceptron('N'));
    await platform.register('single', perceptron(1));
    const ask = (service: string) => ({
      pid: platform.pid,
      url: `${platform.url}/v2/models/${service}/infer`,
      bodyFile,
      headers: { 'content-type': 'application/json' },
    });
    const results: Record<string, unknown> = {};
    for (const clients of [32, 128]) {
      const { batched, single } = await compareServers(
        { batched: ask('batched'), single: ask('single') },
        { rounds: ROUNDS, clients, durationMs: ROUND_MS, warmUpMs: WARM_UP_MS },
      );
      const ratio = ratioTo(batched, single);
      log(describeTimes(`${clients} clients, batched`, batched));
      log(describeTimes(`${clients} clients, one by one`, single));
      log(`  batched to one by one: throughput ${ratio.throughput}, cpu ${ratio.cpu}`);
      results[`${clients} clients`] = { batched, 'one by one': single, 'ratio to one by one': ratio };
    }
    return results;
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true });
  }
}
