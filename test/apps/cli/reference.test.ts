import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../apps/cli/program.ts';
import { writeReference } from '../../../apps/cli/reference.ts';

describe('reference of the command line', () => {
  it('is what the commands say; `node scripts/generate-cli-reference.ts` brings it up to date', () => {
    expect(readFileSync('docs/guides/cli.md', 'utf8')).toBe(writeReference(createProgram(process)));
  });
});
