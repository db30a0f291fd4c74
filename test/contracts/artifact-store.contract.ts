import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';
import { caughtFrom } from '../support/caught.ts';

const LIMIT_BYTES = 1_000;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (text: string) => new TextEncoder().encode(text);

export interface OpenArtifactStore {
  readonly store: ArtifactStore;
  /** What a client does with the URL: one PUT. */
  put(url: string, bytes: Uint8Array): Promise<void>;
  /** Replaces what is stored under a hash, behind the store's back. */
  damage(hash: string, bytes: Uint8Array): Promise<void>;
  now(): number;
}

/** What every artifact store must do. @param open gives one store; every test uses names and contents of its own */
export function describeArtifactStore(name: string, open: () => OpenArtifactStore): void {
  const upload = async (service: string, uploadId: string, bytes: Uint8Array): Promise<void> => {
    const { store, put, now } = open();
    await put(await store.uploadUrl(service, uploadId, { now: now(), expiresAt: now() + 60_000 }), bytes);
  };

  describe(`artifact store: ${name}`, () => {
    it('takes an upload by its URL and reads it back', async () => {
      const { store } = open();
      await upload('one', 'u1', bytesOf('a model'));
      expect(new TextDecoder().decode(await store.readUpload('one', 'u1', LIMIT_BYTES))).toBe('a model');
    });

    it('finds no upload that was never made', async () => {
      const { store } = open();
      expect(await store.readUpload('nobody', 'u1', LIMIT_BYTES)).toBeUndefined();
      expect(await store.listUploads('nobody')).toEqual([]);
    });

    it('lists the waiting uploads of one service, newest first', async () => {
      const { store } = open();
      for (const [i, uploadId] of ['b', 'c', 'a'].entries()) await upload('listed', uploadId, new Uint8Array(i + 1));
      await upload('listed2', 'd', new Uint8Array(9));
      const uploads = await store.listUploads('listed');
      expect(uploads.toSorted((x, y) => x.bytes - y.bytes)).toEqual([
        { uploadId: 'b', bytes: 1 },
        { uploadId: 'c', bytes: 2 },
        { uploadId: 'a', bytes: 3 },
      ]);
    });

    it('takes an upload of exactly the limit', async () => {
      const { store } = open();
      await upload('limit', 'u1', new Uint8Array(LIMIT_BYTES));
      expect(await store.readUpload('limit', 'u1', LIMIT_BYTES)).toHaveLength(LIMIT_BYTES);
    });

    it('fails for an upload above the limit, again and again', async () => {
      const { store } = open();
      const bytes = 500_000;
      await upload('large', 'u1', new Uint8Array(bytes));
      // More often than a client has connections: one that is not given back would stop the store.
      for (let i = 0; i < 60; i += 1) {
        const error = await caughtFrom(store.readUpload('large', 'u1', LIMIT_BYTES));
        expect(error).toMatchObject({
          code: 'artifact.too_large',
          details: { bytes, limitBytes: LIMIT_BYTES },
        });
      }
    });

    it('reads an upload in pieces, in order', async () => {
      const { store } = open();
      const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
      await upload('streamed', 'u1', bytes);
      const pieces: Uint8Array[] = [];
      const options = { limitBytes: bytes.length, take: (piece: Uint8Array) => void pieces.push(piece.slice()) };
      expect(await store.streamUpload('streamed', 'u1', options)).toBe(bytes.length);
      expect(pieces.length).toBeGreaterThan(1);
      expect(sha256(Buffer.concat(pieces))).toBe(sha256(bytes));
      expect(await store.streamUpload('streamed', 'u2', options)).toBeUndefined();
    });

    it('fails to read an upload in pieces when it is above the limit, before the first', async () => {
      const { store } = open();
      await upload('streamed-large', 'u1', new Uint8Array(LIMIT_BYTES + 1));
      const pieces: Uint8Array[] = [];
      const options = { limitBytes: LIMIT_BYTES, take: (piece: Uint8Array) => void pieces.push(piece) };
      const error = await caughtFrom(store.streamUpload('streamed-large', 'u1', options));
      expect(error.code).toBe('artifact.too_large');
      expect(pieces).toEqual([]);
    });

    it('removes an upload, and does not mind one that is gone', async () => {
      const { store } = open();
      await upload('removed', 'u1', bytesOf('x'));
      await store.removeUpload('removed', 'u1');
      await store.removeUpload('removed', 'u1');
      expect(await store.readUpload('removed', 'u1', LIMIT_BYTES)).toBeUndefined();
      expect(await store.listUploads('removed')).toEqual([]);
    });

    it('stores an artifact under its hash, any number of times', async () => {
      const { store } = open();
      const bytes = bytesOf('stored twice');
      await store.putArtifact(sha256(bytes), bytes);
      await store.putArtifact(sha256(bytes), bytes);
      expect(new TextDecoder().decode(await store.readArtifact(sha256(bytes)))).toBe('stored twice');
    });

    it('stores an artifact that many store at once', async () => {
      const { store } = open();
      const bytes = bytesOf('stored at once');
      await Promise.all(Array.from({ length: 10 }, () => store.putArtifact(sha256(bytes), bytes)));
      expect(new TextDecoder().decode(await store.readArtifact(sha256(bytes)))).toBe('stored at once');
    });

    it('fails to read an artifact that is not there', async () => {
      const hash = sha256(bytesOf('never stored'));
      const error = await caughtFrom(open().store.readArtifact(hash));
      expect(error).toMatchObject({ code: 'artifact.unavailable', details: { sha256: hash } });
    });

    it('fails to read an artifact whose content is no longer what was registered', async () => {
      const { store, damage } = open();
      const bytes = bytesOf('intact');
      await store.putArtifact(sha256(bytes), bytes);
      await damage(sha256(bytes), bytesOf('damaged'));
      expect(await caughtFrom(store.readArtifact(sha256(bytes)))).toMatchObject({
        code: 'artifact.unavailable',
        details: { sha256: sha256(bytes) },
      });
    });
  });
}
