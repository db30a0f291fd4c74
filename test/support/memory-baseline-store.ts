import { PlatformError } from '../../core/domain/errors.ts';
import { BASELINE_FILES, type BaselineFile, type BaselineStore } from '../../core/ports/baseline-store.ts';

/** A baseline store in memory, whose folders a test can list. */
export interface MemoryBaselineStore extends BaselineStore {
  folders(): string[];
}

export function memoryBaselineStore(): MemoryBaselineStore {
  const stored = new Map<string, Readonly<Record<BaselineFile, string>>>();
  const tags = new Map<string, string>();
  const write = (folder: string, files: Readonly<Record<BaselineFile, string>>): void => {
    stored.set(folder, { ...files });
    tags.set(folder, `"${tags.size}-${tags.get(folder) ?? ''}"`);
  };
  return {
    put: async (folder, files) => write(folder, files),
    async copy(from, to) {
      const files = stored.get(from);
      if (files) write(to, files);
      else
        throw new PlatformError('artifact.store_unavailable', {
          message: 'there is nothing to copy',
          details: { operation: 'CopyObject' },
        });
    },
    read: async (folder, file) => stored.get(folder)?.[BASELINE_FILES.find((each) => each === file) ?? file],
    tag: async (folder) => tags.get(folder),
    folders: () => [...stored.keys()],
  };
}
