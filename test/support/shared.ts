import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Models and data sets that some tests use where they are present; the product never reads them. */
export const SHARED = resolve('..', 'shared');

/** Why a test is skipped, to be put in its title; undefined where the file is there. */
export const missing = (...path: string[]): string | undefined =>
  existsSync(join(SHARED, ...path)) ? undefined : `skipped: ../shared/${path.join('/')} is not on this machine`;

/** Whether a program is there and runs. */
export function runs(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
