import { setTimeout as sleep } from 'node:timers/promises';
import { createKeelsonClient, type KeelsonClient } from '../apps/client/index.ts';
import { encodeOnnxModel } from '../core/domain/onnx/encode-model.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { linearModel, linearRequest } from './linear-model.ts';
import { median, round } from './statistics.ts';

const ROUNDS = 4;
const CLIENTS = 2;
const ROUND_MS = 6_000;
const BETWEEN_REQUESTS_MS = 2;
const INPUTS = 512;

/** The product of two matrices of zeros as large as the caller says: minutes of work for a few bytes of request. */
const endlessModel = (): Uint8Array =>
  encodeOnnxModel({
    name: 'endless',
    inputs: [{ name: 'shape', elementType: 'INT64', shape: [2] }],
    outputs: [{ name: 'y', elementType: 'FLOAT', shape: ['N', 'M'] }],
    constants: [],
    nodes: [
      { operator: 'ConstantOfShape', inputs: ['shape'], outputs: ['zeros'] },
      { operator: 'MatMul', inputs: ['zeros', 'zeros'], outputs: ['y'] },
    ],
    metadata: {},
  });
const ENDLESS = JSON.stringify({ inputs: [{ name: 'shape', datatype: 'INT64', shape: [2], data: [9_000, 9_000] }] });

/**
 * What a model that hangs does to another one of the same pool: the other one's latency while a caller asks the hanging one
 * again and again, against its latency while nobody does, in turn.
 *
 * @returns medians over the rounds of p50 and p99 in milliseconds, and their ratios; how the requests to the hanging model ended
 */
export async function benchIsolation(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const { platform, close } = await startBenchPlatform();
  try {
    const client = createKeelsonClient({ url: platform.url, retryDelaysMs: [] });
    await client.register('sound', linearModel(1, { inputs: INPUTS, outputs: 256 }));
    await client.register('endless', endlessModel());
    for (const service of ['sound', 'endless']) await client.rollout(service, 1);
    await askFor(client, ROUND_MS / 2);
    const quiet: Latency[] = [];
    const beside: Latency[] = [];
    const ends: Record<string, number> = {};
    for (let number = 0; number < ROUNDS; number += 1) {
      quiet.push(await askFor(client, ROUND_MS));
      let asking = true;
      const hanging = (async () => {
        while (asking) {
          const end = await client.infer('endless', ENDLESS).then(
            () => 'answered',
            (error: { status?: number }) => String(error.status),
          );
          ends[end] = (ends[end] ?? 0) + 1;
        }
      })();
      beside.push(await askFor(client, ROUND_MS));
      asking = false;
      await hanging;
    }
    const of = (all: readonly Latency[], pick: (latency: Latency) => number) => round(median(all.map(pick)));
    const [quietMs, besideMs] = [quiet, beside].map((all) => ({
      p50: of(all, ({ p50 }) => p50),
      p99: of(all, ({ p99 }) => p99),
    })) as [Latency, Latency];
    const ratio = { p50: round(besideMs.p50 / quietMs.p50), p99: round(besideMs.p99 / quietMs.p99) };
    log(`alone: p50 ${quietMs.p50} ms, p99 ${quietMs.p99} ms`);
    log(`beside a model that hangs: p50 ${besideMs.p50} ms (${ratio.p50} ×), p99 ${besideMs.p99} ms (${ratio.p99} ×)`);
    log(`requests to the one that hangs ended with: ${JSON.stringify(ends)}`);
    return { quietMs, besideMs, 'beside a hanging model / alone': ratio, ends };
  } finally {
    await close();
  }
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** A few clients that ask the sound model, each a little after its last answer: latency, not throughput. */
async function askFor(client: KeelsonClient, durationMs: number): Promise<Latency> {
  const times: number[] = [];
  const untilMs = performance.now() + durationMs;
  const ask = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const startedMs = performance.now();
      await client.infer('sound', linearRequest(INPUTS));
      times.push(performance.now() - startedMs);
      await sleep(BETWEEN_REQUESTS_MS);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, ask));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] as number;
  return { p50: at(0.5), p99: at(0.99) };
}
