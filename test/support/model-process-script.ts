import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** The model process as it is shipped, in a folder of its own. */
export async function bundleModelProcess(): Promise<{ script: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-model-process-'));
  const script = join(folder, 'model-process.cjs');
  await build({
    entryPoints: ['adapters/onnx/model-process.ts'],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
  return { script, remove: () => rmSync(folder, { recursive: true }) };
}

/** What a function's variables say where its layer is this repository's packages. */
export const MODEL_PROCESS_VARIABLES = {
  PATH: process.env['PATH'],
  NODE_PATH: resolve('node_modules'),
  ORT_DISABLE_TELEMETRY: '1',
  AWS_SECRET_ACCESS_KEY: 'secret',
};
