import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logGroupDirectory, openLogStream } from '../../../local/functions/log-stream.ts';

const MIB = 1024 * 1024;

describe('a log stream', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'logs-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('keeps every line in order in one file', async () => {
    const stream = openLogStream(directory, '2026/01/02/[$LATEST]abc');
    for (let line = 0; line < 100; line++) stream.write(`line ${line}\n`);
    stream.close();
    const file = path.join(directory, '2026-01-02-[$LATEST]abc.log');
    await vi.waitFor(() => expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(101));
    expect(readFileSync(file, 'utf8')).toBe(Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join(''));
  });

  it('does not grow beyond its limit, whatever a function prints', async () => {
    const stream = openLogStream(directory, 'loud');
    for (let round = 0; round < 8; round++) {
      for (let line = 0; line < 16; line++) stream.write('x'.repeat(MIB / 4));
      await new Promise((done) => setTimeout(done, 60));
    }
    stream.close();
    await new Promise((done) => setTimeout(done, 60));
    const sizes = readdirSync(directory).map((file) => statSync(path.join(directory, file)).size);
    expect(sizes.length).toBeLessThanOrEqual(2);
    expect(Math.max(...sizes)).toBeLessThan(16 * MIB);
  });

  it('drops the oldest of many streams', async () => {
    for (let stream = 0; stream < 30; stream++) {
      const opened = openLogStream(directory, `stream-${stream}`);
      opened.write('x');
      await opened.close();
    }
    expect(readdirSync(directory).length).toBeLessThanOrEqual(21);
  });
});

describe('the folder of a log group', () => {
  it.each([
    ['/aws/lambda/fn', '/data/aws/lambda/fn'],
    ['../../etc', '/data/etc'],
    ['a/./b//c', '/data/a/b/c'],
  ])('of %s lies in the data folder', (group, expected) => {
    expect(logGroupDirectory('/data', group)).toBe(expected);
  });
});
