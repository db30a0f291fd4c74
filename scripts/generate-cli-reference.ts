import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProgram } from '../apps/cli/program.ts';
import { writeReference } from '../apps/cli/reference.ts';

/** Writes docs/guides/cli.md from the commands' definitions; a test fails while the two differ. */
await writeFile(join(import.meta.dirname, '..', 'docs', 'guides', 'cli.md'), writeReference(createProgram(process)));
