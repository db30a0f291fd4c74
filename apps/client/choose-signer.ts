import { findAwsCredentials } from './aws-credentials.ts';
import { bearerToken } from './bearer-token.ts';
import { CredentialsFailure } from './credentials-failure.ts';
import type { Sign } from './send.ts';
import { signSigV4 } from './sign-sigv4.ts';

export interface SignerOptions {
  /** Sent as `Authorization: Bearer`; then nothing is signed. */
  readonly token?: string | undefined;
  /** Whether to sign with AWS credentials. @default whether the host is one of API Gateway's own */
  readonly sign?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const API_GATEWAY_HOST = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/**
 * How requests to `url` are authorized: a token, SigV4 for API Gateway over https, or nothing.
 *
 * @throws CredentialsFailure where a request has to be signed and the region is not known
 */
export function chooseSigner(url: string, { token, sign, env }: SignerOptions): Sign | undefined {
  if (token !== undefined) return bearerToken(token);
  const { protocol, hostname } = new URL(url);
  const region = API_GATEWAY_HOST.exec(hostname)?.[1];
  if (!(sign ?? (protocol === 'https:' && region !== undefined))) return undefined;
  const signingRegion = region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (signingRegion) return signSigV4(signingRegion, () => findAwsCredentials(env));
  throw new CredentialsFailure(`the host ${hostname} does not tell its region; set AWS_REGION to the API's region`);
}
