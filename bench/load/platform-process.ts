import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeelsonClient } from '../../apps/client/index.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export interface PlatformProcess extends ServerProcess {
  /** Registers a model and makes it champion. */
  register(service: string, model: Uint8Array): Promise<void>;
}

/** The platform as `npm start` runs it, in processes of its own, with another configuration. */
export async function startPlatformProcess(config: string, args: readonly string[] = []): Promise<PlatformProcess> {
  const data = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const server = await startServer([...args, 'bin/start.ts', '--port', '0', '--data', data, '--no-examples'], {
    environment: { CDK_CONTEXT_JSON: JSON.stringify({ config }) },
    ready: /^keelson ready (\S+)$/,
  });
  const client = createKeelsonClient({ url: server.url });
  return {
    ...server,
    async register(service, model) {
      const { version } = await client.register(service, model);
      await client.rollout(service, version);
    },
    async stop() {
      await server.stop();
      rmSync(data, { recursive: true });
    },
  };
}
