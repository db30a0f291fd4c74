import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: IForbiddenRuleType[];
  options: ICruiseOptions;
};

/** Files that break a rule, and nothing more than they must. */
interface Planted {
  readonly rule: string;
  readonly files: Readonly<Record<string, string>>;
}

const leaf = 'export const leaf = 1;';
const from = (path: string) => `export * from '${path}';`;

const planted: readonly Planted[] = [
  { rule: 'no-circular', files: { 'core/usecases/a.ts': from('./b.ts'), 'core/usecases/b.ts': from('./a.ts') } },
  { rule: 'no-orphans', files: { 'core/usecases/alone.ts': leaf } },
  { rule: 'not-to-unresolvable', files: { 'core/usecases/a.ts': from('./gone.ts') } },
  { rule: 'nothing-imports-tests', files: { 'bin/a.ts': from('../test/b.ts'), 'test/b.ts': leaf } },
  { rule: 'domain-imports-itself-only', files: { 'core/domain/a.ts': from('node:fs') } },
  { rule: 'domain-imports-itself-only', files: { 'core/domain/a.ts': from('zod') } },
  {
    rule: 'domain-imports-itself-only',
    files: { 'core/domain/a.ts': from('../contracts/b.ts'), 'core/contracts/b.ts': leaf },
  },
  { rule: 'contracts-import-domain-and-zod', files: { 'core/contracts/a.ts': from('commander') } },
  { rule: 'core-never-looks-outward', files: { 'core/usecases/a.ts': from('node:crypto') } },
  {
    rule: 'core-never-looks-outward',
    files: { 'core/ports/a.ts': from('../../adapters/aws/b.ts'), 'adapters/aws/b.ts': leaf },
  },
  {
    rule: 'adapters-know-core-only',
    files: { 'adapters/aws/a.ts': from('../../lambdas/x/b.ts'), 'lambdas/x/b.ts': leaf },
  },
  {
    rule: 'aws-and-onnx-are-strangers',
    files: { 'adapters/aws/a.ts': from('../onnx/b.ts'), 'adapters/onnx/b.ts': leaf },
  },
  { rule: 'aws-sdk-in-its-adapter', files: { 'lambdas/x/handler.ts': from('@aws-sdk/client-s3') } },
  { rule: 'onnxruntime-in-its-adapter', files: { 'lambdas/x/wire.ts': from('onnxruntime-node') } },
  { rule: 'cdk-in-lib', files: { 'local/a.ts': from('aws-cdk-lib') } },
  { rule: 'lambdas-are-strangers', files: { 'lambdas/x/a.ts': from('../y/b.ts'), 'lambdas/y/b.ts': leaf } },
  { rule: 'shared-is-not-a-function', files: { 'lambdas/_shared/a.ts': from('../y/b.ts'), 'lambdas/y/b.ts': leaf } },
  {
    rule: 'handlers-know-no-adapter',
    files: { 'lambdas/x/handler.ts': from('../../adapters/aws/b.ts'), 'adapters/aws/b.ts': leaf },
  },
  {
    rule: 'lambdas-know-core-and-adapters',
    files: { 'lambdas/x/wire.ts': from('../../local/b.ts'), 'local/b.ts': leaf },
  },
  {
    rule: 'lib-knows-contracts-and-domain',
    files: { 'lib/a.ts': from('../core/usecases/b.ts'), 'core/usecases/b.ts': leaf },
  },
  { rule: 'local-knows-the-assembly-only', files: { 'local/a.ts': from('../lib/b.ts'), 'lib/b.ts': leaf } },
  {
    rule: 'local-knows-the-assembly-only',
    files: { 'local/a.ts': from('../core/contracts/b.ts'), 'core/contracts/b.ts': leaf },
  },
  { rule: 'apps-speak-http', files: { 'apps/a.ts': from('../core/usecases/b.ts'), 'core/usecases/b.ts': leaf } },
];

describe('dependency rules', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-architecture-'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'tsconfig.json'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const violations = async (files: Planted['files']): Promise<string[]> => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const roots = [...new Set(Object.keys(files).map((path) => path.split('/', 1)[0] as string))];
    const ruleSet = { forbidden: config.forbidden };
    const { output } = await cruise(roots, { ...config.options, baseDir: folder, ruleSet, validate: true });
    return (output as ICruiseResult).summary.violations.map(({ rule }) => rule.name);
  };

  it.each(planted)('fails where $rule is broken by $files', async ({ rule, files }) => {
    expect(await violations(files)).toContain(rule);
  });

  it('has no rule without a planted violation', () => {
    expect(new Set(planted.map(({ rule }) => rule))).toEqual(new Set(config.forbidden.map(({ name }) => name)));
  });

  it('passes files that follow the rules', async () => {
    const files = { 'core/usecases/a.ts': from('../domain/b.ts'), 'core/domain/b.ts': leaf };
    expect(await violations(files)).toEqual([]);
  });
});
