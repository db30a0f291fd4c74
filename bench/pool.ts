import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeelsonClient, type KeelsonClient } from '../apps/client/index.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { linearModel, linearRequest } from './linear-model.ts';

const MODELS = 300;
const HOT = 20;
const HOT_ROUNDS = 50;
/** 2 MiB of weights a model: all of them together are more than the pool may hold. */
const INPUTS = 512;
const OUTPUTS = 1024;
const MIB = 1024 * 1024;

/**
 * Memory of the pool function while 300 models are registered, of which 20 are asked often and then every one once.
 * One process answers, because requests come one after the other.
 *
 * @returns resident memory in MiB against the function's memory size
 */
export async function benchPool(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const { platform, assembly, close } = await startBenchPlatform();
  try {
    const client = createKeelsonClient({ url: platform.url });
    for (let model = 0; model < MODELS; model += 1) {
      await client.register(nameOf(model), linearModel(model + 1, { inputs: INPUTS, outputs: OUTPUTS }));
      await client.rollout(nameOf(model), 1);
    }
    log(`${MODELS} models of ${((INPUTS * OUTPUTS * 4) / MIB).toFixed(0)} MiB registered`);
    const answers = createHash('sha256');
    for (let round = 0; round < HOT_ROUNDS; round += 1) {
      for (let model = 0; model < HOT; model += 1) answers.update(await ask(client, model));
    }
    const hotMiB = residentMiB();
    log(`${HOT} of them asked ${HOT_ROUNDS} times each: ${hotMiB} MiB resident`);
    for (let model = 0; model < MODELS; model += 1) answers.update(await ask(client, model));
    const allMiB = residentMiB();
    log(`every one asked once: ${allMiB} MiB resident`);
    for (let model = 0; model < HOT; model += 1) answers.update(await ask(client, model));
    const { memoryMiB, cacheMiB } = poolLimits(assembly);
    const weightsMiB = (MODELS * INPUTS * OUTPUTS * 4) / MIB;
    log(
      `the function has ${memoryMiB} MiB, of which models may take ${cacheMiB}; all weights together are ${weightsMiB} MiB`,
    );
    return {
      models: MODELS,
      hot: HOT,
      weightsMiB,
      hotMiB,
      allMiB,
      memoryMiB,
      cacheMiB,
      answers: answers.digest('hex'),
    };
  } finally {
    await close();
  }
}

const nameOf = (model: number): string => `model-${model}`;

const ROW = linearRequest(INPUTS);

const ask = async (client: KeelsonClient, model: number): Promise<string> =>
  (await client.infer(nameOf(model), ROW)).text;

/** Of the largest process that runs a function: the pool's. */
function residentMiB(): number {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const sizes = processes.flatMap((pid) => {
    try {
      const isFunction = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bootstrap.mjs');
      const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return isFunction && kib !== undefined ? [Number(kib) / 1024] : [];
    } catch {
      // Ended between listing and reading.
      return [];
    }
  });
  return Math.round(Math.max(0, ...sizes));
}

/** What the template gives the one function that serves every name: it has the largest share for models. */
function poolLimits(assembly: string): { memoryMiB: number; cacheMiB: number } {
  const { Resources } = JSON.parse(readFileSync(join(assembly, 'Keelson.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  };
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const limits = functions.map(({ Properties }) => {
    const { Variables } = Properties['Environment'] as { Variables: Record<string, string> };
    return { memoryMiB: Number(Properties['MemorySize']), cacheMiB: Number(Variables['MODEL_CACHE_MIB'] ?? 0) };
  });
  return limits.reduce((largest, limit) => (limit.cacheMiB > largest.cacheMiB ? limit : largest));
}
