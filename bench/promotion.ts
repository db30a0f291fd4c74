import { setTimeout as sleep } from 'node:timers/promises';
import { createKeelsonClient } from '../apps/client/index.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { linearModel, linearRequest } from './linear-model.ts';

const CLIENTS = 8;
const PROMOTIONS = 20;
const WATCH_MS = 3_000;
const SERVICE = 'promoted';

/**
 * How long a promotion takes to reach every process of a function, while clients ask without a pause.
 *
 * @returns milliseconds from the answer to the rollout until the last answer of the old version, and failed requests
 */
export async function benchPromotion(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const { platform, close } = await startBenchPlatform();
  try {
    const client = createKeelsonClient({ url: platform.url });
    for (const seed of [1, 2]) await client.register(SERVICE, linearModel(seed, { inputs: 8, outputs: 8 }));
    await client.rollout(SERVICE, 1);
    let asking = true;
    let failed = 0;
    let asked = 0;
    let lastAnswerMs: Record<string, number> = {};
    const ask = async (): Promise<void> => {
      while (asking) {
        asked += 1;
        try {
          const { modelVersion = '' } = await client.infer(SERVICE, linearRequest(8));
          lastAnswerMs[modelVersion] = performance.now();
        } catch {
          failed += 1;
        }
      }
    };
    const clients = Array.from({ length: CLIENTS }, ask);
    await sleep(WATCH_MS);
    const delaysMs: number[] = [];
    for (let promotion = 0; promotion < PROMOTIONS; promotion += 1) {
      const [from, to] = promotion % 2 === 0 ? ['1', 2] : ['2', 1];
      lastAnswerMs = {};
      await client.rollout(SERVICE, Number(to));
      const promotedMs = performance.now();
      await sleep(WATCH_MS);
      delaysMs.push(Math.max(0, Math.round((lastAnswerMs[String(from)] ?? promotedMs) - promotedMs)));
    }
    asking = false;
    await Promise.all(clients);
    delaysMs.sort((a, b) => a - b);
    const medianMs = delaysMs[PROMOTIONS / 2];
    const worstMs = delaysMs.at(-1);
    log(`${PROMOTIONS} promotions under ${CLIENTS} clients, ${asked} requests, ${failed} failed`);
    log(`last answer of the old version: median ${medianMs} ms, worst ${worstMs} ms after the rollout was answered`);
    return { promotions: PROMOTIONS, clients: CLIENTS, asked, failed, medianMs, worstMs };
  } finally {
    await close();
  }
}
