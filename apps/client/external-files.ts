import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ModelFileFailure } from './model-file-failure.ts';

/**
 * The file of weights that a model names, beside the model.
 *
 * A model comes from anywhere, and what it names is sent away: so it may name plain files in its own folder or below, and
 * none that is really another one. A hard link cannot be told from the file it shares, which may be anybody's.
 *
 * @throws ModelFileFailure
 */
export async function findExternalFile(model: string, location: string): Promise<string> {
  const refuse = (what: string) => refused(model, location, what);
  const parts = location.split('/');
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain || /[\\\0]|^[A-Za-z]:/.test(location)) throw refuse("is not a plain path in the model's folder");
  let path = dirname(model);
  for (const [index, part] of parts.entries()) {
    path = join(path, part);
    const found = await lstat(path).catch((error: unknown) => {
      throw isAbsent(error) ? refuse(`is missing: there is no ${path}`) : error;
    });
    if (found.isSymbolicLink()) throw refuse(`leads over a symbolic link, ${path}: put the file itself there`);
    if (index < parts.length - 1) continue;
    if (!found.isFile()) throw refuse('is no regular file');
    if (found.nlink > 1) throw refuse('is a hard link to a file that has other names, too: put a copy there');
  }
  return path;
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

const refused = (model: string, location: string, what: string) =>
  new ModelFileFailure(`${basename(model)} keeps weights in ${JSON.stringify(location)}, which ${what}`);
