import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A proof of the deployment without an account: the real CDK CLI bootstraps, deploys, diffs, updates and destroys the
 * synthesized app against moto, an independent implementation of AWS.
 *
 * It needs a harness beside the repository, which is not part of the product: where it is absent, this says so.
 */
const repository = join(import.meta.dirname, '..');
const harness = join(repository, '..', 'shared', 'tools', 'moto', 'deploy-on-moto.sh');
/** What the harness exits with where moto is not installed. */
const NO_MOTO = 77;

function testDeploy(): number {
  if (!existsSync(harness)) {
    console.log(`skipped: there is no ${harness}, the harness that runs the CDK CLI against moto`);
    return 0;
  }
  // The CDK CLI would take CDK_APP for --app, and the second synth, of another configuration, would be the first again.
  const { CDK_APP: _, ...environment } = process.env;
  const { status, error } = spawnSync(harness, {
    cwd: repository,
    stdio: 'inherit',
    env: {
      ...environment,
      APP_DIR: repository,
      VERIFY: `'${process.execPath}' '${join(import.meta.dirname, 'verify-deploy.ts')}'`,
      UPDATE_ARGS: '-c config=test/fixtures/updated.config.ts',
    },
  });
  if (error) throw error;
  if (status !== NO_MOTO) return status ?? 1;
  console.log('skipped: moto is not installed here');
  return 0;
}

process.exitCode = testDeploy();
