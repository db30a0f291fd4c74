import type { UploadAnswer, UploadRequest } from '../contracts/api.ts';
import { ARTIFACT_LIMIT_BYTES, UPLOAD_EXPIRY_SECONDS } from '../contracts/limits.ts';
import { PlatformError } from '../domain/errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';

/** Gives out a URL to upload one model file to. */
export const createUpload =
  ({ artifacts, newId }: { artifacts: ArtifactStore; newId: () => string }) =>
  async (service: string, request: UploadRequest, now: number): Promise<UploadAnswer> => {
    if (request.bytes !== undefined && request.bytes > ARTIFACT_LIMIT_BYTES) throw tooLarge(request.bytes);
    const uploadId = newId();
    const expiresAt = now + UPLOAD_EXPIRY_SECONDS * 1000;
    return {
      uploadId,
      url: await artifacts.uploadUrl(service, uploadId, { now, expiresAt }),
      method: 'PUT',
      expiresAt: new Date(expiresAt).toISOString(),
      maxBytes: ARTIFACT_LIMIT_BYTES,
    };
  };

export const tooLarge = (bytes: number) =>
  new PlatformError('artifact.too_large', {
    message: `the model has ${bytes} bytes; at most ${ARTIFACT_LIMIT_BYTES} are taken`,
    details: { bytes, limitBytes: ARTIFACT_LIMIT_BYTES },
  });
