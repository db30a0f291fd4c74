import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contender, compareServers, describeTimes, ratioTo } from './load/compare-servers.ts';
import { startPlatformProcess } from './load/platform-process.ts';
import { startServer } from './load/server-process.ts';
import { hundredTrees, logisticRegression } from './models.ts';
import { requestEvent } from './request-event.ts';

const CLIENTS = 32;
const ROUNDS = 5;
const ROUND_MS = 2_500;
/** Several processes share the requests: each must have compiled its code before it is measured. */
const WARM_UP_MS = 8_000;
const CONTENDERS = join(import.meta.dirname, 'http', 'contenders');
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * One row over HTTP under 32 clients: the platform as `npm start` runs it, every prediction captured, with one request at a time
 * in a process and with several, against a naive
 * fastify + onnxruntime-node server and against node's own hello world. Each server runs in processes of its own, and so do the
 * clients.
 *
 * @returns throughput, latency and processor time for one request, with ratios to both
 */
export async function benchHttp(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-http-'));
  const bodyFile = join(folder, 'body.json');
  writeFileSync(bodyFile, String(requestEvent('any')['body']));
  const stops: (() => Promise<void>)[] = [];
  try {
    const platform = await startPlatformProcess(join(import.meta.dirname, 'http', 'keelson.config.ts'));
    stops.push(() => platform.stop());
    const hello = await startServer([join(CONTENDERS, 'hello-world.mjs')]);
    stops.push(() => hello.stop());
    const asked = { bodyFile, headers: JSON_TYPE };
    const contenders: Record<string, Contender> = { 'hello world': { ...asked, pid: hello.pid, url: hello.url } };
    for (const [name, model] of Object.entries({ trees: hundredTrees(), linear: logisticRegression() })) {
      const file = join(folder, `${name}.onnx`);
      writeFileSync(file, model);
      const naive = await startServer([join(CONTENDERS, 'naive-fastify.mjs')], { environment: { MODEL_FILE: file } });
      stops.push(() => naive.stop());
      contenders[`${name}, naive`] = { ...asked, pid: naive.pid, url: `${naive.url}/predict` };
      for (const [how, service] of Object.entries({ one: name, several: `${name}-several` })) {
        await platform.register(service, model);
        const url = `${platform.url}/v2/models/${service}/infer`;
        contenders[`${name}, platform, ${how} per process`] = { ...asked, pid: platform.pid, url };
      }
    }
    const times = await compareServers(contenders, {
      rounds: ROUNDS,
      clients: CLIENTS,
      durationMs: ROUND_MS,
      warmUpMs: WARM_UP_MS,
    });
    return Object.fromEntries(
      Object.entries(times).map(([name, time]) => {
        const naive = times[`${name.split(', ')[0]}, naive`];
        const hello = times['hello world'];
        const ratios = {
          ...(naive && naive !== time && { 'ratio to naive fastify + onnxruntime-node': ratioTo(time, naive) }),
          ...(hello && hello !== time && { "ratio to node's hello world": ratioTo(time, hello) }),
        };
        log(describeTimes(name, time));
        for (const [to, { throughput, cpu }] of Object.entries(ratios))
          log(`  ${to}: throughput ${throughput}, cpu ${cpu}`);
        return [name, { ...time, ...ratios }];
      }),
    );
  } finally {
    for (const stop of stops.reverse()) await stop();
    rmSync(folder, { recursive: true });
  }
}
