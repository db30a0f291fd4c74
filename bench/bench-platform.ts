import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Platform, startPlatform } from '../local/platform.ts';

/** The platform on a free port with the app as it is now, in a folder that goes when it is closed. */
export async function startBenchPlatform(): Promise<{
  platform: Platform;
  assembly: string;
  close: () => Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const assembly = join(folder, 'cdk.out');
  spawnSync(process.execPath, ['bin/app.ts'], { env: { ...process.env, CDK_OUTDIR: assembly }, stdio: 'inherit' });
  const platform = await startPlatform({ assembly, dataDirectory: folder, port: 0 });
  return {
    platform,
    assembly,
    async close() {
      await platform.close();
      rmSync(folder, { recursive: true });
    },
  };
}
