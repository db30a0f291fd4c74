import { createHash } from 'node:crypto';
import type { CreateHash } from '../../core/ports/running-hash.ts';

export const runningHash: CreateHash = (algorithm) => {
  const hash = createHash(algorithm);
  return { update: (piece) => void hash.update(piece), digest: () => hash.digest('hex') };
};
