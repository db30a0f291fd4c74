import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { readTemplate, resourcesOf, temporaryFolder } from './synthesize.ts';

const repository = join(import.meta.dirname, '..', '..');

function run(file: string, { outdir, context }: { outdir: string; context?: Record<string, string> }) {
  return spawnSync(process.execPath, [join(repository, file)], {
    cwd: temporaryFolder(),
    encoding: 'utf8',
    // No account, no profile, no network: a synth that asked for one would fail here.
    env: {
      PATH: process.env['PATH'],
      CDK_OUTDIR: outdir,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(context && { CDK_CONTEXT_JSON: JSON.stringify(context) }),
    },
  });
}

describe('bin/app.ts', () => {
  it('writes the assembly where it is told, from any folder, without an account', () => {
    const outdir = temporaryFolder();
    expect(run('bin/app.ts', { outdir })).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(resourcesOf(readTemplate(outdir), 'AWS::Lambda::Function')).toHaveLength(7);
  });

  it('takes another configuration by context', () => {
    const outdir = temporaryFolder();
    const config = join(temporaryFolder(), 'staging.config.mjs');
    writeFileSync(config, 'export default {};');
    expect(run('bin/app.ts', { outdir, context: { config } })).toMatchObject({ status: 0, stderr: '' });
    expect(resourcesOf(readTemplate(outdir), 'AWS::Lambda::Function')).toHaveLength(3);
  });

  it('fails for a wrong configuration with its problems and no stack trace', () => {
    const config = join(temporaryFolder(), 'wrong.config.mjs');
    writeFileSync(config, "export default { pool: { memoryMiB: 1 }, auth: { kind: 'none' } };");
    const { status, stderr } = run('bin/app.ts', { outdir: temporaryFolder(), context: { config } });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^keelson\.config\.ts has 2 problems:\n {2}- pool\.memoryMiB: .*got 1\n {2}- auth\.reason: .*\n$/,
    );
  });
});

describe('examples/cdk-app', () => {
  beforeAll(async () => {
    await bundle();
  });

  it('is a platform with a pool and a service of its own', () => {
    const outdir = temporaryFolder();
    expect(run('examples/cdk-app/app.ts', { outdir }).status).toBe(0);
    const functions = resourcesOf(readTemplate(outdir, 'Shop'), 'AWS::Lambda::Function');
    expect(functions.map(([, { Properties }]) => [Properties['MemorySize'], Properties['Timeout']])).toEqual([
      [2752, 23],
      [1024, 29],
      [4096, 10],
      [1024, 5],
    ]);
  });
});
