import { createHash } from 'node:crypto';
import { PlatformError } from '../../core/domain/errors.ts';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';

/** An artifact store in memory, with doors that only tests have. */
export interface MemoryArtifactStore extends ArtifactStore {
  /** What a client does with the URL that `uploadUrl` gave. */
  upload(service: string, uploadId: string, bytes: Uint8Array): void;
  /** Replaces what is stored under a hash, as a damaged disk would. */
  damage(sha256: string, bytes: Uint8Array): void;
  artifactHashes(): string[];
  waitingUploads(service: string): string[];
}

const PIECE_BYTES = 7;

export function memoryArtifactStore(): MemoryArtifactStore {
  const artifacts = new Map<string, Uint8Array>();
  const uploads = new Map<string, Uint8Array>();
  const keyOf = (service: string, uploadId: string) => `${service}/${uploadId}`;
  const uploadsOf = (service: string) => [...uploads].filter(([key]) => key.startsWith(`${service}/`)).toReversed();

  const readUpload: ArtifactStore['readUpload'] = async (service, uploadId, limitBytes) => {
    const bytes = uploads.get(keyOf(service, uploadId));
    if (bytes !== undefined && bytes.length > limitBytes) {
      throw new PlatformError('artifact.too_large', {
        message: `the uploaded file has ${bytes.length} bytes; at most ${limitBytes} are taken`,
        details: { bytes: bytes.length, limitBytes },
      });
    }
    return bytes;
  };

  return {
    uploadUrl: async (service, uploadId) => `memory:${keyOf(service, uploadId)}`,
    listUploads: async (service) =>
      uploadsOf(service).map(([key, bytes]) => ({ uploadId: key.slice(service.length + 1), bytes: bytes.length })),
    readUpload,
    async streamUpload(service, uploadId, { limitBytes, take }) {
      const bytes = await readUpload(service, uploadId, limitBytes);
      // Small pieces: whoever reads must not expect ends where a tensor has one.
      for (let at = 0; at < (bytes?.length ?? 0); at += PIECE_BYTES)
        await take(bytes?.subarray(at, at + PIECE_BYTES) as Uint8Array);
      return bytes?.length;
    },
    async removeUpload(service, uploadId) {
      uploads.delete(keyOf(service, uploadId));
    },
    async putArtifact(sha256, bytes) {
      if (!artifacts.has(sha256)) artifacts.set(sha256, bytes);
    },
    async readArtifact(sha256) {
      const bytes = artifacts.get(sha256);
      if (bytes && createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
      throw new PlatformError('artifact.unavailable', {
        message: `the model artifact ${sha256} cannot be served`,
        details: { sha256 },
      });
    },
    upload: (service, uploadId, bytes) => void uploads.set(keyOf(service, uploadId), bytes),
    damage: (sha256, bytes) => void artifacts.set(sha256, bytes),
    artifactHashes: () => [...artifacts.keys()],
    waitingUploads: (service) => uploadsOf(service).map(([key]) => key.slice(service.length + 1)),
  };
}
