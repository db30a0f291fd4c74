import { join } from 'node:path';
import cdk from '../cdk.json' with { type: 'json' };
import { isPlatformError } from '../core/domain/errors.ts';
import { createApp } from '../lib/app.ts';
import { loadConfig } from '../lib/load-config.ts';
import { KeelsonStack } from '../lib/stacks/keelson-stack.ts';
import { bundle } from '../scripts/bundle.ts';

const repository = join(import.meta.dirname, '..');

try {
  await bundle();
  // The CDK CLI says where to; started by itself, the app writes where the CLI would.
  const app = createApp({ context: cdk.context, outdir: process.env['CDK_OUTDIR'] ?? join(repository, cdk.output) });
  // `cdk deploy -c config=staging.config.ts` deploys another configuration.
  const path: unknown = app.node.tryGetContext('config');
  const config = await loadConfig(path === undefined ? join(repository, 'keelson.config.ts') : String(path));
  new KeelsonStack(app, 'Keelson', { config });
  app.synth();
} catch (error) {
  // A configuration is wrong where it is written, not where it is read: a stack trace would hide the message.
  if (!isPlatformError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
