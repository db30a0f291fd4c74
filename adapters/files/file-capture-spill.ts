import { join } from 'node:path';
import type { CaptureSpill } from '../../core/ports/capture-spill.ts';

/** Loaded when there is something to put aside: 2 ms that no cold start needs. */
const files = () => process.getBuiltinModule('node:fs/promises');

const SEGMENT = /^\d{16}-[0-9a-z-]+\.jsonl$/;

/**
 * Capture records in a folder, each batch a file. What an earlier process left in the folder is found again: on Lambda the
 * folder for temporary files outlives a process that was killed, though not its execution environment.
 *
 * @param limitBytes of all files together
 * @param uniqueId tells the files of processes apart that share the folder
 */
export function fileCaptureSpill({
  directory,
  limitBytes,
  uniqueId,
  now,
  onFault,
}: {
  directory: string;
  limitBytes: number;
  uniqueId: string;
  now: () => number;
  onFault: (fault: { what: string; error: unknown }) => void;
}): CaptureSpill {
  let sizes: Promise<Map<string, number>> | undefined;
  let sequence = 0;
  // Looked for once: later changes are this process's own.
  const segments = () => {
    sizes ??= openFolder(directory);
    return sizes;
  };
  const write = async (name: string, lines: readonly string[]): Promise<number> => {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    const temporary = join(directory, `${name}.tmp`);
    await files().writeFile(temporary, bytes, { mode: 0o600 });
    await files().rename(temporary, join(directory, name));
    return bytes.length;
  };

  return {
    async append(lines) {
      try {
        const held = await segments();
        const kept = takeWhileFits(lines, limitBytes - total(held));
        if (kept.length === 0) return 0;
        // In order of time also across processes; the sequence parts what one millisecond brought.
        sequence += 1;
        const name = `${String(now()).padStart(16, '0')}-${String(sequence).padStart(8, '0')}-${uniqueId}.jsonl`;
        held.set(name, await write(name, kept));
        return kept.length;
      } catch (error) {
        onFault({ what: 'capture records could not be put aside', error });
        return 0;
      }
    },
    async oldest() {
      const held = await segments();
      const id = [...held.keys()].sort()[0];
      if (id === undefined) return undefined;
      try {
        const text = await files().readFile(join(directory, id), 'utf8');
        return { id, lines: text.split('\n').filter((line) => line !== '') };
      } catch (error) {
        // Left where it is, so that one bad file holds the others up no longer.
        held.delete(id);
        onFault({ what: `capture records that were put aside in ${id} could not be read`, error });
        return undefined;
      }
    },
    async retain(id, lines) {
      const held = await segments();
      if (lines.length > 0) {
        held.set(id, await write(id, lines));
        return;
      }
      held.delete(id);
      await files().rm(join(directory, id), { force: true });
    },
  };
}

async function openFolder(directory: string): Promise<Map<string, number>> {
  const { mkdir, readdir, stat } = files();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const sizes = new Map<string, number>();
  for (const name of await readdir(directory)) {
    if (SEGMENT.test(name)) sizes.set(name, (await stat(join(directory, name))).size);
  }
  return sizes;
}

const total = (sizes: ReadonlyMap<string, number>): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);

function takeWhileFits(lines: readonly string[], roomBytes: number): readonly string[] {
  let bytes = 0;
  const end = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1;
    return bytes > roomBytes;
  });
  return end < 0 ? lines : lines.slice(0, end);
}
