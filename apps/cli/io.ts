import type { Readable } from 'node:stream';

/** What of the world the command line touches, besides files and the network. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** @default the client's */
  readonly retryDelaysMs?: readonly number[];
}

export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
