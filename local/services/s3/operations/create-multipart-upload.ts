import { randomBytes } from 'node:crypto';
import { isChecksumAlgorithm } from '../body/checksums.ts';
import { sendXml } from '../protocol/respond.ts';
import { S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { Upload } from '../store/upload-table.ts';
import type { Exchange } from './exchange.ts';
import { encryptionHeaders, requestedAttributes } from './object-headers.ts';

export function createMultipartUpload({ request, response, store, bucket, key, now }: Exchange): void {
  const attributes = requestedAttributes(request, bucket);
  const checksum = askedChecksum(request);
  const uploadId = randomBytes(48).toString('base64url');
  store.uploads.put({ uploadId, bucket: bucket.name, key, initiatedAtMs: now(), attributes, checksum });
  sendXml(response, 'InitiateMultipartUploadResult', {
    content: { Bucket: bucket.name, Key: key, UploadId: uploadId },
    headers: {
      ...encryptionHeaders(attributes.encryption),
      'x-amz-checksum-algorithm': checksum?.algorithm,
      'x-amz-checksum-type': checksum?.type,
    },
  });
}

function askedChecksum(request: S3Request): Upload['checksum'] {
  const algorithm = request.header('x-amz-checksum-algorithm')?.toUpperCase();
  const type = request.header('x-amz-checksum-type')?.toUpperCase();
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
  }
  if (!isChecksumAlgorithm(algorithm)) throw invalidRequest('Checksum algorithm provided is unsupported.');
  const byDefault = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  const chosen = type ?? byDefault;
  if (chosen !== 'FULL_OBJECT' && chosen !== 'COMPOSITE') {
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.');
  }
  // The parts of a CRC can be put together to that of the whole, those of a hash cannot; CRC64NVME is offered for the whole only.
  const impossible = chosen === 'FULL_OBJECT' ? algorithm.startsWith('SHA') : algorithm === 'CRC64NVME';
  if (impossible) {
    throw invalidRequest(
      `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type: chosen };
}

const invalidRequest = (message: string) => new S3Error('InvalidRequest', { message });
