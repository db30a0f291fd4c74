import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createKeelsonClient } from '../apps/client/index.ts';
import { bundle } from '../scripts/bundle.ts';
import { startPlatformProcess } from './load/platform-process.ts';
import { processTree, residentMiB } from './load/process-tree.ts';
import { startServer } from './load/server-process.ts';
import { hundredTrees, logisticRegression, perceptron } from './models.ts';
import { requestEvent } from './request-event.ts';
import { median, round } from './statistics.ts';

const MIB = 1024 * 1024;
/** What a function on Lambda unpacks: its own folder and the layer. */
const TARGET_MIB = 30;
const REQUESTS = 200;
const LOOKS = 3;
const BARE = ['--input-type=module', '-e', 'console.log("http://ready"); setInterval(() => {}, 1000)'];

/**
 * What functions take on disk, and what a process that serves one model has in memory after 200 requests beside bare Node.js.
 *
 * @returns MiB, with memory as a ratio to bare Node.js
 */
export async function benchSizes(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const { bytes, outdir } = await bundle();
  const mib = Object.fromEntries(Object.entries(bytes).map(([path, size]) => [path, round(size / MIB, 3)]));
  for (const [path, size] of Object.entries(mib)) log(`${path}: ${size} MiB`);
  const unpacked = round(
    (folderBytes(join(outdir, 'lambdas/infer')) + folderBytes(join(outdir, 'layers/onnxruntime-arm64'))) / MIB,
    1,
  );
  log(`inference function with its layer on arm64, unpacked: ${unpacked} MiB; the target is ${TARGET_MIB}`);
  const memory = await measureMemory(log);
  return { mib, 'unpacked arm64': { mib: unpacked, targetMiB: TARGET_MIB }, memory };
}

async function measureMemory(log: (line: string) => void): Promise<Record<string, unknown>> {
  const bare = await startServer(BARE);
  const bareMiB = await lookAt(() => residentMiB(bare.pid));
  await bare.stop();
  log(`bare node: ${bareMiB} MiB`);
  const results: Record<string, unknown> = { 'bare node': { mib: bareMiB } };
  const platform = await startPlatformProcess(join(import.meta.dirname, 'http', 'sizes.config.ts'));
  try {
    const models = { linear: logisticRegression(), trees: hundredTrees(), native: perceptron('N') };
    // First all of them, so that the functions which register are there before any that serves.
    for (const [name, model] of Object.entries(models)) await platform.register(name, model);
    const client = createKeelsonClient({ url: platform.url });
    for (const name of Object.keys(models)) {
      const before = new Set(processTree(platform.pid).pids);
      const row = String(requestEvent(name)['body']);
      for (let request = 0; request < REQUESTS; request += 1) await client.infer(name, row);
      const own = processTree(platform.pid).pids.filter((pid) => !before.has(pid));
      const mib = await lookAt(() => own.reduce((sum, pid) => sum + residentMiB(pid), 0));
      const ratio = round(mib / bareMiB);
      log(
        `function with a ${name} model, ${own.length} process${own.length === 1 ? '' : 'es'}: ${mib} MiB, ${ratio} × bare node`,
      );
      results[name] = { mib, processes: own.length, 'ratio to bare node': ratio };
    }
    return results;
  } finally {
    await platform.stop();
  }
}

async function lookAt(measure: () => number): Promise<number> {
  const looks: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    await new Promise((done) => setTimeout(done, 200));
    looks.push(measure());
  }
  return round(median(looks), 1);
}

const folderBytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
