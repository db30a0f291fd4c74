import { createHash as create } from 'node:crypto';
import type { CreateHash } from '../../core/ports/running-hash.ts';

export const createHash: CreateHash = (algorithm) => {
  const hash = create(algorithm);
  return { update: (piece) => void hash.update(piece), digest: () => hash.digest('hex') };
};
