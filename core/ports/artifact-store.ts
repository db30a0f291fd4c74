/** Models as bytes. Uploads wait under a service's name; artifacts are addressed by content and never change. */
export interface ArtifactStore {
  /** @returns a URL that takes one `PUT` of the file until `expiresAt` (both in milliseconds since the epoch) */
  uploadUrl(service: string, uploadId: string, times: { now: number; expiresAt: number }): Promise<string>;
  /** Waiting uploads of a service, newest first. */
  listUploads(service: string): Promise<{ uploadId: string; bytes: number }[]>;
  /** @returns undefined where there is no such upload @throws `artifact.too_large` before reading more than `limitBytes` */
  readUpload(service: string, uploadId: string, limitBytes: number): Promise<Uint8Array | undefined>;
  /**
   * Reads an upload in pieces, none of which is kept.
   *
   * @param take gets the pieces in order; the next one is read when what it returns is settled
   * @returns the bytes in all; undefined where there is no such upload
   * @throws `artifact.too_large` before reading more than `limitBytes`
   */
  streamUpload(
    service: string,
    uploadId: string,
    options: { limitBytes: number; take: (piece: Uint8Array) => void | Promise<void> },
  ): Promise<number | undefined>;
  /** Removes what is no longer needed; never rejects, because uploads left behind expire by themselves. */
  removeUpload(service: string, uploadId: string): Promise<void>;
  /** Stores bytes under their hash; does nothing where they are stored already. */
  putArtifact(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Reads an artifact and checks its hash. @throws `artifact.unavailable` when it is missing, cannot be read, or is not what was registered */
  readArtifact(sha256: string): Promise<Uint8Array>;
}
