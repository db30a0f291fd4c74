import { describe } from 'vitest';
import { motoIsInstalled, startMoto } from './moto.ts';

interface Client {
  destroy(): void;
}

interface MotoOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

/** Runs a contract suite against a fresh moto where it is installed. */
export function againstMoto<C extends Client>(
  client: (options: MotoOptions) => C,
  suite: (open: () => Promise<{ client: C; close(): Promise<void> }>) => void,
): void {
  const installed = motoIsInstalled();
  describe.skipIf(!installed)(installed ? 'moto' : 'moto (skipped: no moto_server on PATH)', () => {
    suite(async () => {
      const { url: endpoint, stop } = await startMoto();
      const credentials = { accessKeyId: 'AKIDMOTO', secretAccessKey: 'moto-secret' };
      const opened = client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
      return {
        client: opened,
        async close() {
          opened.destroy();
          await stop();
        },
      };
    });
  });
}
