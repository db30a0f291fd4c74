import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where `npm run bundle` leaves what functions run. */
export const DEFAULT_BUNDLE_FOLDER = join(import.meta.dirname, '..', '..', 'dist');

/** @throws when the part has not been bundled */
export function bundledPart(bundleFolder: string, part: string): string {
  const path = join(bundleFolder, part);
  if (existsSync(path)) return path;
  throw new Error(`there is no ${path}; 'npm run bundle' makes it, or pass the 'bundleFolder' that holds ${part}`);
}
