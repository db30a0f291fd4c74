import { describe, expect, it } from 'vitest';
import { UploadAnswer } from '../../../core/contracts/api.ts';
import { ARTIFACT_LIMIT_BYTES } from '../../../core/contracts/limits.ts';
import { createUpload } from '../../../core/usecases/create-upload.ts';
import { caughtFrom } from '../../support/caught.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { memoryArtifactStore } from '../../support/memory-artifact-store.ts';

const create = createUpload({ artifacts: memoryArtifactStore(), newId: () => 'u-1' });

describe('createUpload', () => {
  it.each([{}, { bytes: ARTIFACT_LIMIT_BYTES }])(
    'gives out a URL for 15 minutes from the request on, asked with %j',
    async (request) => {
      const answer = await create('fraud', request, EVENT_TIME);
      expect(UploadAnswer.parse(answer)).toEqual({
        uploadId: 'u-1',
        url: 'memory:fraud/u-1',
        method: 'PUT',
        expiresAt: '2026-06-01T12:15:00.000Z',
        maxBytes: ARTIFACT_LIMIT_BYTES,
      });
    },
  );

  it('fails for a file that is larger than any model may be', async () => {
    const error = await caughtFrom(create('fraud', { bytes: ARTIFACT_LIMIT_BYTES + 1 }, EVENT_TIME));
    expect(error).toMatchObject({ code: 'artifact.too_large', details: { limitBytes: ARTIFACT_LIMIT_BYTES } });
  });
});
