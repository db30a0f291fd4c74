import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PlatformError } from '../core/domain/errors.ts';
import { type KeelsonConfig, parseConfig } from './config.ts';

/**
 * Reads a configuration file.
 *
 * @param path relative to where the command is run
 * @throws `config.invalid` when there is none, it exports no configuration, or the configuration is wrong
 */
export async function loadConfig(path: string): Promise<KeelsonConfig> {
  const file = resolve(path);
  if (!existsSync(file)) throw invalid(`there is no configuration file ${file}; -c config=FILE names another one`);
  const { default: config }: { default?: unknown } = await import(pathToFileURL(file).href);
  if (config === undefined) throw invalid(`${file} exports nothing; write 'export default defineConfig({ ... })'`);
  return parseConfig(config);
}

const invalid = (problem: string) =>
  new PlatformError('config.invalid', { message: problem, details: { problems: [problem] } });
