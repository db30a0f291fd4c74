import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALARM_KINDS } from '../../../core/contracts/alarms.ts';

const FOLDER = 'docs/runbooks';
const read = (name: string) => readFileSync(`${FOLDER}/${name}.md`, 'utf8');

describe('runbooks', () => {
  it.each(ALARM_KINDS)(
    'say of %s what it means, how often it is wrong, what to do and what happens by itself',
    (kind) => {
      const text = read(kind);
      expect(text).toContain(`\`{service}.${kind}\``);
      for (const part of [
        'What you see',
        'What it means',
        'How often it is wrong',
        'What to do',
        'What happens by itself',
      ]) {
        expect(text).toContain(`**${part}`);
      }
    },
  );

  it('are all listed', () => {
    const index = read('README');
    for (const file of readdirSync(FOLDER)) if (file !== 'README.md') expect(index).toContain(`(${file})`);
  });
});
