import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onlyJson, runKeelson } from '../../support/run-cli.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-init-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const init = (...args: string[]) => runKeelson(['init', ...args]);
const FILES = [
  '.gitignore',
  '.npmrc',
  'README.md',
  'app.ts',
  'cdk.json',
  'keelson.config.ts',
  'package.json',
  'tsconfig.json',
];

describe('keelson init', () => {
  it('writes a project into a new folder, which depends on this checkout by its path', async () => {
    const target = join(folder, 'a', 'Shop Models');
    const { code, stdout } = await init(target, '--json');
    expect(code).toBe(0);
    expect(onlyJson(stdout)).toMatchObject({ directory: target, name: 'shop-models' });
    expect(readdirSync(target).sort()).toEqual(FILES);
    const { dependencies, scripts } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
    const [kind, path] = dependencies.keelson.split(':');
    expect(kind).toBe('file');
    expect(realpathSync(join(target, path))).toBe(realpathSync(resolve('.')));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'synth']));
  });

  it('takes an empty folder, and one that has other files', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect((await init(folder)).code).toBe(0);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('fails where a file exists, naming all that do, and writes nothing', async () => {
    writeFileSync(join(folder, 'package.json'), '{}');
    mkdirSync(join(folder, 'app.ts'));
    const { code, stderr } = await init(folder);
    expect(code).toBe(1);
    expect(stderr).toContain('has app.ts, package.json already, and nothing is written over');
    expect(readdirSync(folder).sort()).toEqual(['app.ts', 'package.json']);
  });

  it('fails where a file stands in the way of the folder', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await init(join(folder, 'file'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot write'),
    });
  });

  it.each([
    ['keelson', 'keelson-project', 'KeelsonProject'],
    ['7 größe!', '7-gr-e', 'Keelson7GrE'],
    ['_._', 'keelson-project', 'KeelsonProject'],
  ])('gives %s a name that npm takes and a stack one that CloudFormation takes', async (name, expected, stack) => {
    const target = join(folder, name);
    expect((await init(target)).code).toBe(0);
    expect(JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'))).toMatchObject({ name: expected });
    expect(readFileSync(join(target, 'app.ts'), 'utf8')).toContain(`new KeelsonStack(app, '${stack}',`);
  });
});
