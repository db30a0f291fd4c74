import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { CredentialsFailure } from './credentials-failure.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What `credential_process` of the AWS configuration prints. */
const ProcessCredentials = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  SessionToken: z.string().nullish(),
});

/** Takes `aws configure export-credentials` for all the ways there are to log in: profiles, SSO, roles, containers. */
type ExportCredentials = () => Promise<string>;

const awsCli: ExportCredentials = async () => {
  const options = { timeout: 60_000 };
  const { stdout } = await promisify(execFile)(
    'aws',
    ['configure', 'export-credentials', '--format', 'process'],
    options,
  );
  return stdout;
};

/**
 * AWS credentials from the environment, else from the AWS CLI (version 2).
 *
 * @throws CredentialsFailure where neither has any
 */
export async function findAwsCredentials(
  env: Readonly<Record<string, string | undefined>>,
  exportCredentials: ExportCredentials = awsCli,
): Promise<AwsCredentials> {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (accessKeyId && secretAccessKey) return toCredentials(accessKeyId, secretAccessKey, env['AWS_SESSION_TOKEN']);
  const exported = await exportCredentials().then(parseExported, failure);
  return toCredentials(exported.AccessKeyId, exported.SecretAccessKey, exported.SessionToken);
}

const toCredentials = (accessKeyId: string, secretAccessKey: string, sessionToken: string | null | undefined) => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken && { sessionToken }),
});

function parseExported(stdout: string): z.infer<typeof ProcessCredentials> {
  try {
    return ProcessCredentials.parse(JSON.parse(stdout));
  } catch {
    // What was printed may hold a secret: neither it nor the parser's message, which quotes it, is passed on.
    return failure(new Error('what it printed is not credentials'));
  }
}

function failure(cause: unknown): never {
  throw new CredentialsFailure(
    'the API is called with signed requests, and there are no AWS credentials: AWS_ACCESS_KEY_ID and ' +
      'AWS_SECRET_ACCESS_KEY are not set, and `aws configure export-credentials` (AWS CLI 2) gave none. ' +
      'Set them, or log in with the AWS CLI; for an API with a JWT authorizer give --token instead',
    { cause },
  );
}
