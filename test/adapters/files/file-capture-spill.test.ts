import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileCaptureSpill } from '../../../adapters/files/file-capture-spill.ts';
import { describeCaptureSpill } from '../../contracts/capture-spill.contract.ts';

const folders: string[] = [];
const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-spill-'));
  folders.push(folder);
  return join(folder, 'captures');
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** With room for ten lines of eleven bytes. */
function open(directory = temporaryFolder(), uniqueId = 'a') {
  const faults: string[] = [];
  const onFault = ({ what }: { what: string }) => void faults.push(what);
  const spill = fileCaptureSpill({ directory, limitBytes: 110, uniqueId, now: () => 1_000, onFault });
  return { spill, faults, directory };
}

describeCaptureSpill('files', () => open().spill);

describe('the spill in files', () => {
  it('finds what an earlier process left, and counts it as room that is taken', async () => {
    const { spill: earlier, directory } = open();
    await earlier.append(['{"line":0}', '{"line":1}']);
    const { spill } = open(directory, 'b');
    expect((await spill.oldest())?.lines).toEqual(['{"line":0}', '{"line":1}']);
    expect(await spill.append(Array.from({ length: 10 }, () => '{"line":2}'))).toBe(8);
  });

  it('does not take a file for captures that was half written when its process was killed', async () => {
    const { spill: earlier, directory } = open();
    await earlier.append(['{"line":0}']);
    const [name = ''] = readdirSync(directory);
    writeFileSync(join(directory, `${name}.tmp`), '{"li');
    const { spill } = open(directory, 'b');
    await spill.retain((await spill.oldest())?.id ?? '', []);
    expect(await spill.oldest()).toBeUndefined();
  });

  it('tells of a disk that takes nothing, and keeps nothing then', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'keelson-spill-')), 'a-file');
    folders.push(join(file, '..'));
    writeFileSync(file, '');
    const { spill, faults } = open(file);
    expect(await spill.append(['{"line":0}'])).toBe(0);
    expect(faults).toEqual(['capture records could not be put aside']);
  });

  it('goes on with the others where one file cannot be read', async () => {
    const { spill, faults, directory } = open();
    await spill.append(['{"line":0}']);
    await spill.append(['{"line":1}']);
    rmSync(join(directory, readdirSync(directory).sort()[0] ?? ''));
    expect(await spill.oldest()).toBeUndefined();
    expect(faults).toHaveLength(1);
    expect((await spill.oldest())?.lines).toEqual(['{"line":1}']);
  });
});
