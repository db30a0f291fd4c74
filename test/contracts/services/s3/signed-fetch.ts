import { AwsClient } from 'aws4fetch';
import type { OpenedS3 } from './suite.ts';

/** A request that the SDK would not send, signed as it would. `target` is a key of the bucket, or `?…` for the bucket itself. */
export function signedFetch(
  { url, bucket, credentials }: Pick<OpenedS3, 'url' | 'bucket' | 'credentials'>,
  target: string,
  init: { method: string; body?: string; headers?: Record<string, string> },
): Promise<Response> {
  const aws = new AwsClient({ ...credentials, service: 's3', region: 'us-east-1', retries: 0 });
  const path = target.startsWith('?') ? target : `/${target.split('/').map(encodeURIComponent).join('/')}`;
  return aws.fetch(`${url}/${bucket}${path}`, init);
}
