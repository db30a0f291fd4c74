import { artifactKey } from '../../core/contracts/object-keys.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { ArtifactReader } from '../../core/ports/model-reader.ts';
import { contentHash } from './content-hash.ts';
import type { ServiceClient } from './service-client.ts';

/** Artifacts as `s3ArtifactStore` reads them, without the SDK. The bucket is part of the path, which suits any endpoint. */
export const artifactReader = ({
  client,
  bucketName,
}: {
  client: ServiceClient;
  bucketName: string;
}): ArtifactReader => ({
  async readArtifact(sha256) {
    const answer = await client
      .send({ method: 'GET', path: `/${bucketName}/${artifactKey(sha256)}` })
      .catch((cause: unknown) => {
        throw unavailable(sha256, 'it cannot be read', cause);
      });
    if (answer.status !== 200)
      throw unavailable(sha256, 'it cannot be read', new Error(`S3 answered ${answer.status}`));
    const got = contentHash(answer.bytes);
    if (got !== sha256) throw unavailable(sha256, `its content has the sha256 ${got}`);
    return answer.bytes;
  },
});

const unavailable = (sha256: string, reason: string, cause?: unknown) =>
  new PlatformError('artifact.unavailable', {
    message: `the model artifact ${sha256} cannot be served: ${reason}; register the model again`,
    details: { sha256 },
    cause,
  });
