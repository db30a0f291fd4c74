import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeelsonClient } from '../apps/client/index.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { writeLargeModel } from './large-model.ts';
import { processPeaks } from './process-peaks.ts';

const MIB = 1024 * 1024;
const SIZES_MIB = [1, 50, 100, 200];

interface Measured {
  readonly modelMiB: number;
  /** Registering: reads, checks and stores it. */
  readonly controlMiB: number;
  /** Serving: the function, which reads the artifact. */
  readonly inferMiB: number;
  /** Serving: the process that runs it. */
  readonly modelProcessMiB: number;
}

/**
 * Peak memory (resident, as Linux counts it) of what a model passes through, by its size: a matrix product, registered by the client,
 * rolled out, and asked once through the pool. Each size on a platform of its own.
 *
 * @returns for each size the peaks in MiB, and what the two processes that serve took together
 */
export async function benchLargeModels(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const rows: (Measured & { servingMiB: number })[] = [];
  for (const modelMiB of SIZES_MIB) {
    const measured = await measure(modelMiB);
    const servingMiB = measured.inferMiB + measured.modelProcessMiB;
    rows.push({ ...measured, servingMiB });
    log(
      `${String(modelMiB).padStart(4)} MiB model   control ${measured.controlMiB} MiB   serving ${servingMiB} MiB (function ${measured.inferMiB}, model process ${measured.modelProcessMiB})`,
    );
  }
  return { peaks: rows };
}

async function measure(modelMiB: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-large-'));
  const { platform, close } = await startBenchPlatform();
  try {
    const path = join(folder, 'model.onnx');
    const { inputs } = writeLargeModel(path, modelMiB * MIB);
    const client = createKeelsonClient({ url: platform.url });
    const { version } = await client.register('large', path);
    await client.rollout('large', version);
    const data = new Array<number>(inputs).fill(1);
    await client.infer(
      'large',
      JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1, inputs], data }] }),
    );
    const peaks = processPeaks(process.pid);
    const peakOf = (part: string) => Math.max(...peaks.filter(({ name }) => name.includes(part)).map((p) => p.peakMiB));
    return {
      modelMiB,
      controlMiB: peakOf('PlatformControl'),
      inferMiB: peakOf('PlatformPool'),
      modelProcessMiB: peakOf('model process'),
    };
  } finally {
    await close();
    rmSync(folder, { recursive: true });
  }
}
