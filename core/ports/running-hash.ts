/** A hash of bytes that come in pieces. */
export interface RunningHash {
  update(piece: Uint8Array): void;
  /** Lower-case hexadecimal. */
  digest(): string;
}

/** SHA-1 is what ONNX files state of their external data; nothing here relies on it. */
export type CreateHash = (algorithm: 'sha256' | 'sha1') => RunningHash;
