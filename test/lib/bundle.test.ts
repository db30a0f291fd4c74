import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BundleReport, bundle } from '../../scripts/bundle.ts';
import { temporaryFolder } from './synthesize.ts';

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const MIB = 1024 * 1024;

describe('bundle', () => {
  let report: BundleReport;
  beforeAll(async () => {
    report = await bundle({ outdir: temporaryFolder() });
  });

  it('makes a folder for each function, and ships no map, no test and no source', () => {
    const functions = filesBelow(join(report.outdir, 'lambdas'));
    expect(functions.filter((path) => !path.includes('/locale/'))).toEqual([
      'admit/index.cjs',
      'admit/model-process.cjs',
      'control/index.cjs',
      'infer/index.cjs',
      'infer/mlflow.cjs',
      'infer/model-process.cjs',
      'infer/parse-stored.cjs',
      'infer/sagemaker.cjs',
      'infer/schemas.cjs',
      'infer/tf-serving.cjs',
      'infer/wire-sdk.cjs',
      'intake/index.cjs',
      'intake/parse-stored.cjs',
      'monitor/index.cjs',
      'notify/index.cjs',
    ]);
  });

  it('starts an inference function without zod and without the SDK', () => {
    const { outputs } = JSON.parse(readFileSync(join(report.outdir, 'meta.json'), 'utf8')) as Metafile;
    const inputs = Object.keys(outputs['dist/lambdas/infer/index.cjs']?.inputs ?? {});
    expect(inputs).toContain('lambdas/infer/handler.ts');
    expect(inputs.filter((path) => /node_modules\/(zod|@aws-sdk|@smithy)\//.test(path))).toEqual([]);
  });

  it.each(['admit', 'infer'])('puts the locale that text models construct beside the bundle of %s', (name) => {
    expect(existsSync(join(report.outdir, `lambdas/${name}/locale/en_US.UTF-8/LC_CTYPE`))).toBe(true);
  });

  it('makes a layer per processor with its own native library only, and no library for a GPU', () => {
    for (const architecture of ['arm64', 'x64']) {
      const files = filesBelow(join(report.outdir, 'layers', `onnxruntime-${architecture}`));
      const native = files.filter((path) => path.includes('/bin/'));
      expect(native.map((path) => path.replace('nodejs/node_modules/onnxruntime-node/bin/napi-v6/linux/', ''))).toEqual(
        [`${architecture}/libonnxruntime.so.1`, `${architecture}/onnxruntime_binding.node`],
      );
      expect(files.filter((path) => /\.map$|\.d\.ts$|cuda|tensorrt/i.test(path))).toEqual([]);
    }
  });

  it('keeps the layers small: 26 MB instead of 288', () => {
    expect(report.bytes['layers/onnxruntime-arm64']).toBeLessThan(27 * MIB);
    expect(report.bytes['layers/onnxruntime-x64']).toBeLessThan(47 * MIB);
  });

  it('makes a layer that is all that ONNX Runtime needs', () => {
    const opt = temporaryFolder();
    const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
    cpSync(join(report.outdir, 'layers', `onnxruntime-${architecture}`), opt, { recursive: true });
    const script = "console.log(typeof require('onnxruntime-node').InferenceSession.create)";
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: opt,
      encoding: 'utf8',
      env: { NODE_PATH: join(opt, 'nodejs/node_modules'), ORT_DISABLE_TELEMETRY: '1' },
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'function\n', stderr: '' });
  });

  it.each([
    {
      name: 'control',
      variables: {
        DECLARED_SERVICES: 'fraud:1/1/1',
        CAPTURED_SERVICES: '',
        CAPTURE_BUCKET: '',
        MONITORED_SERVICES: '',
        ALARM_PREFIX: 'keelson.Keelson.',
        RUNBOOKS: 'docs/runbooks',
        POOL_BUDGET: '1024/5000/5000',
        ADMIT_FUNCTION: 'admit',
        INTAKE_FUNCTION: 'intake',
      },
    },
    { name: 'admit', variables: { ORT_DISABLE_TELEMETRY: '1' } },
    { name: 'intake', variables: { CAPTURE_BUCKET: 'captures', COUNTED_SERVICES: '{"fraud":{"hash":[],"drop":[]}}' } },
    { name: 'monitor', variables: { CAPTURE_BUCKET: 'captures' } },
    { name: 'infer', variables: { MODEL_CACHE_MIB: '100', ORT_DISABLE_TELEMETRY: '1' } },
  ])('makes a $name function that starts from its folder alone', ({ name, variables }) => {
    const task = temporaryFolder();
    cpSync(join(report.outdir, 'lambdas', name), task, { recursive: true });
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['-e', "console.log(typeof require('./index.cjs').handler)"],
      {
        cwd: task,
        encoding: 'utf8',
        env: { AWS_REGION: 'eu-central-1', ARTIFACT_BUCKET: 'bucket', REGISTRY_TABLE: 'table', ...variables },
      },
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'function\n', stderr: '' });
  });

  it('makes the same bytes again', async () => {
    const again = await bundle({ outdir: temporaryFolder() });
    expect(filesBelow(again.outdir)).toEqual(filesBelow(report.outdir));
    const different = filesBelow(report.outdir).filter(
      (path) => !readFileSync(join(report.outdir, path)).equals(readFileSync(join(again.outdir, path))),
    );
    expect(different).toEqual([]);
  });

  it('leaves a file alone that has not changed, mends one that has, and removes what no source makes', async () => {
    const { outdir } = await bundle({ outdir: temporaryFolder() });
    const untouched = join(outdir, 'lambdas/control/index.cjs');
    const mended = join(outdir, 'lambdas/infer/index.cjs');
    const { mtimeMs, ino } = statSync(untouched);
    writeFileSync(mended, 'broken');
    mkdirSync(join(outdir, 'lambdas/retired'));
    writeFileSync(join(outdir, 'lambdas/retired/index.cjs'), '');
    await bundle({ outdir });
    expect(statSync(untouched)).toMatchObject({ mtimeMs, ino });
    expect(readFileSync(mended).equals(readFileSync(join(report.outdir, 'lambdas/infer/index.cjs')))).toBe(true);
    expect(existsSync(join(outdir, 'lambdas/retired/index.cjs'))).toBe(false);
  });

  it('fails for a function without an index.ts', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'lambdas/half'), { recursive: true });
    await expect(bundle({ root })).rejects.toThrow(/Could not resolve "lambdas\/half\/index\.ts"/);
  });

  it('fails when there is no function at all', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'lambdas/_shared'), { recursive: true });
    await expect(bundle({ root })).rejects.toThrow(/holds no function/);
  });

  it('fails for code that esbuild warns of, since the warning would be an error on AWS', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'lambdas/odd'), { recursive: true });
    writeFileSync(join(root, 'lambdas/odd/index.ts'), 'export const handler = () => import.meta.url;');
    await expect(bundle({ root })).rejects.toThrow(/lambdas\/odd\/index\.ts:1: "import\.meta" is not available/);
  });
});
