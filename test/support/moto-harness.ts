import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { listen } from '../../local/platform/listen.ts';
import { zip } from './zip.ts';

/** The launcher that teaches moto to run Node.js functions and to serve HTTP APIs by their `Host` header. */
const LAUNCHER = path.resolve('../shared/tools/moto/harness/moto_aws.py');
const START_LIMIT_MS = 30_000;
const ROLE = 'any-role';

/** Why moto's launcher cannot be used here, or undefined where it can. */
export function whyNoMotoHarness(): string | undefined {
  if (!existsSync(LAUNCHER)) return 'the launcher ../shared/tools/moto/harness/moto_aws.py is not here';
  const { status } = spawnSync('python3', ['-c', 'import moto.server, flask']);
  return status === 0 ? undefined : 'moto is not installed';
}

/** Starts moto behind its launcher on a free port. */
export async function startMotoHarness(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = await freeAddress();
  const child = spawn('python3', [LAUNCHER, '-H', '127.0.0.1', '-p', new URL(url).port], {
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  for (const startMs = Date.now(); Date.now() - startMs < START_LIMIT_MS; ) {
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) return { url, stop };
    await new Promise((done) => setTimeout(done, 200));
  }
  await stop();
  throw new Error(`moto did not answer within ${START_LIMIT_MS} ms`);
}

/** Creates functions there. @returns their ARNs by name */
export async function createMotoFunctions(
  url: string,
  functions: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const client = new LambdaClient({ endpoint: url, region: 'us-east-1', credentials });
  await createRole(url);
  const arns: Record<string, string> = {};
  for (const [FunctionName, code] of Object.entries(functions)) {
    const created = await client.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs22.x',
        Role: `arn:aws:iam::123456789012:role/${ROLE}`,
        Handler: 'index.handler',
        Code: { ZipFile: zip({ 'index.js': code }) },
        MemorySize: 256,
        Timeout: 5,
      }),
    );
    arns[FunctionName] = created.FunctionArn ?? '';
  }
  client.destroy();
  return arns;
}

/** Moto lets no function be made without a role that exists. */
async function createRole(url: string): Promise<void> {
  const trust = {
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const body = new URLSearchParams({
    Action: 'CreateRole',
    Version: '2010-05-08',
    RoleName: ROLE,
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', ...trust }),
  });
  const credential =
    'AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0';
  const response = await fetch(url, { method: 'POST', headers: { authorization: credential }, body });
  if (!response.ok) throw new Error(`moto answered ${response.status} to CreateRole: ${await response.text()}`);
}

async function freeAddress(): Promise<string> {
  const server = createServer();
  const url = await listen(server, '127.0.0.1', 0);
  await new Promise((resolve) => server.close(resolve));
  return url;
}
