import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { CliFailure } from './cli-failure.ts';

/** A JSON file that must be what `schema` says. @throws CliFailure with all that is wrong with it */
export async function readJsonFile<S extends z.ZodType>(path: string, schema: S): Promise<z.infer<S>> {
  const parsed = schema.safeParse(parse(path, await readText(path)));
  if (parsed.success) return parsed.data;
  throw new CliFailure(`${path} is not what is expected:\n${z.prettifyError(parsed.error)}`);
}

/** @throws CliFailure where the file cannot be read */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw cannotRead(path, error);
  }
}

export function cannotRead(path: string, cause: unknown): CliFailure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be read',
  };
  return new CliFailure(`cannot read ${path}: ${reasons[code] ?? code}`, { cause });
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliFailure(`${path} is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
}
