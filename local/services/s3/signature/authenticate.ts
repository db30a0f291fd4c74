import { S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import { type Credentials, checkPreSigned } from './pre-signed.ts';

/**
 * Lets in what is signed. A signature in the header is not computed again: who can reach the port on this machine can read the local
 * credentials too. One in the query is, because handing out such a URL is a feature of the platform.
 */
export function authenticate(request: S3Request, options: { credentials: Credentials; nowMs: number }): void {
  if (request.query.has('X-Amz-Signature') || request.query.has('X-Amz-Algorithm')) {
    checkPreSigned(request, options);
    return;
  }
  const authorization = request.header('authorization');
  if (authorization === undefined && !request.query.has('Signature')) throw new S3Error('AccessDenied');
  if (authorization === undefined || !/^AWS4-(HMAC|ECDSA-P256)-SHA256 /.test(authorization)) {
    throw new S3Error('InvalidRequest', {
      message: 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    });
  }
}
