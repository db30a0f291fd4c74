import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import { CliFailure } from '../cli-failure.ts';
import { readJsonFile } from '../read-json-file.ts';
import { projectFiles } from './project-files.ts';

const KEELSON = resolve(import.meta.dirname, '..', '..', '..');

const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});

export interface NewProject {
  readonly directory: string;
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * Writes a project into a folder, which is made where there is none.
 *
 * @throws CliFailure, before anything is written, where one of the files exists
 */
export async function writeProject(directory: string): Promise<NewProject> {
  refuseInstalledKeelson();
  const target = resolve(directory);
  const name = packageName(basename(target));
  const [manifest, cdk] = [
    await readJsonFile(join(KEELSON, 'package.json'), Manifest),
    await readJsonFile(join(KEELSON, 'cdk.json'), z.record(z.string(), z.unknown())),
  ];
  await mkdir(target, { recursive: true }).catch((error) => cannotWrite(target, error));
  const keelson = relative(await realpath(target), await realpath(KEELSON))
    .split(sep)
    .join('/');
  const files = projectFiles({ name, keelson, manifest, cdk });
  await refuseExisting(target, Object.keys(files));
  for (const [path, text] of Object.entries(files)) {
    // Exclusive: a file that came meanwhile is not written over either.
    await writeFile(join(target, path), text, { flag: 'wx' }).catch((error) => cannotWrite(join(target, path), error));
  }
  return { directory: target, name, files: Object.keys(files) };
}

async function refuseExisting(target: string, paths: readonly string[]): Promise<void> {
  const found = await Promise.all(paths.map(async (path) => ((await exists(join(target, path))) ? [path] : [])));
  const existing = found.flat();
  if (existing.length === 0) return;
  throw new CliFailure(
    `${target} has ${existing.join(', ')} already, and nothing is written over; choose an empty folder, or move ${existing.length === 1 ? 'it' : 'them'} away`,
  );
}

/** Anything that is there, even if it cannot be read as a file. */
const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );

function refuseInstalledKeelson(): void {
  if (!KEELSON.split(sep).includes('node_modules')) return;
  throw new CliFailure(
    `this Keelson is below node_modules (${KEELSON}), where Node.js runs no TypeScript; clone the repository, and run its \`npx keelson init\``,
  );
}

/** npm takes lower case, digits and a little punctuation. */
const packageName = (folder: string): string =>
  folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 100)
    // npm refuses a package that depends on one of its own name.
    .replace(/^(keelson|node_modules|favicon\.ico|)$/, 'keelson-project');

function cannotWrite(path: string, error: NodeJS.ErrnoException): never {
  throw new CliFailure(`cannot write ${path}: ${error.code ?? error.message}`, { cause: error });
}
