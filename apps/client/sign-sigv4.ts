import { AwsV4Signer } from 'aws4fetch';
import type { AwsCredentials } from './aws-credentials.ts';
import type { Sign } from './send.ts';

/** Signs requests for API Gateway's IAM authorizer (SigV4, signing name `execute-api`). Credentials are looked up once. */
export function signSigV4(region: string, findCredentials: () => Promise<AwsCredentials>): Sign {
  let credentials: Promise<AwsCredentials> | undefined;
  return async ({ method, url, headers, body }) => {
    credentials ??= findCredentials();
    const signer = new AwsV4Signer({
      method,
      url,
      headers,
      ...(body !== undefined && { body }),
      ...(await credentials),
      region,
      service: 'execute-api',
    });
    const signed = await signer.sign();
    return Object.fromEntries(signed.headers);
  };
}
