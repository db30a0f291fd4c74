import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../core/domain/training/random.ts';
import { compareServers, describeTimes, ratioTo } from './load/compare-servers.ts';
import { startPlatformProcess } from './load/platform-process.ts';
import { startServer } from './load/server-process.ts';
import { IMAGE_SIDE, imageAverages } from './models.ts';

const CLIENTS = 4;
const ROUNDS = 5;
const ROUND_MS = 3_000;
const WARM_UP_MS = 3_000;
const SHAPE = [1, 3, IMAGE_SIDE, IMAGE_SIDE];
const NAIVE = join(import.meta.dirname, 'http', 'contenders', 'naive-fastify.mjs');

/**
 * An image of 1 × 3 × 224 × 224 floats over HTTP as JSON and by the binary extension of the Open Inference Protocol, against a
 * naive fastify + onnxruntime-node server that takes JSON.
 *
 * @returns throughput and processor time with ratios to the naive server
 */
export async function benchBinary(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-binary-'));
  const files = {
    model: join(folder, 'model.onnx'),
    json: join(folder, 'body.json'),
    binary: join(folder, 'body.bin'),
  };
  writeFileSync(files.model, imageAverages());
  const headerBytes = writeBodies(files);
  const platform = await startPlatformProcess(join(import.meta.dirname, 'http', 'native.config.ts'));
  const naive = await startServer([NAIVE], { environment: { MODEL_FILE: files.model } });
  try {
    await platform.register('pool224', imageAverages());
    const url = `${platform.url}/v2/models/pool224/infer`;
    const json = { bodyFile: files.json, headers: { 'content-type': 'application/json' } };
    const binary = {
      bodyFile: files.binary,
      headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(headerBytes) },
    };
    const times = await compareServers(
      {
        'naive, JSON': { ...json, pid: naive.pid, url: `${naive.url}/predict` },
        'platform, JSON': { ...json, pid: platform.pid, url },
        'platform, binary': { ...binary, pid: platform.pid, url },
      },
      { rounds: ROUNDS, clients: CLIENTS, durationMs: ROUND_MS, warmUpMs: WARM_UP_MS },
    );
    return Object.fromEntries(
      Object.entries(times).map(([name, time]) => {
        log(describeTimes(name, time));
        if (name === 'naive, JSON') return [name, time];
        const ratio = ratioTo(time, times['naive, JSON']);
        log(`  to naive fastify + onnxruntime-node with JSON: throughput ${ratio.throughput}, cpu ${ratio.cpu}`);
        return [name, { ...time, 'ratio to naive fastify + onnxruntime-node with JSON': ratio }];
      }),
    );
  } finally {
    await naive.stop();
    await platform.stop();
    rmSync(folder, { recursive: true });
  }
}

/** @returns how many bytes of the binary body are JSON */
function writeBodies(files: { json: string; binary: string }): number {
  const { uniform } = createRandom(5);
  const data = Float32Array.from({ length: 3 * IMAGE_SIDE * IMAGE_SIDE }, uniform);
  const tensor = { name: 'input', shape: SHAPE, datatype: 'FP32' };
  // Seven digits tell a float apart, and are what clients write.
  const numbers = Array.from(data, (value) => Number(value.toPrecision(7)));
  writeFileSync(files.json, JSON.stringify({ inputs: [{ ...tensor, data: numbers }] }));
  const head = Buffer.from(
    JSON.stringify({ inputs: [{ ...tensor, parameters: { binary_data_size: data.byteLength } }] }),
  );
  writeFileSync(files.binary, Buffer.concat([head, Buffer.from(data.buffer)]));
  return head.length;
}
