import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type Clock, createClock } from '../../../../local/clock.ts';
import type { CreatedEvent } from '../../../../local/services/s3/events/created-event.ts';
import { createS3Service, type S3Service } from '../../../../local/services/s3.ts';
import { serve } from '../../../support/serve.ts';

export const CREDENTIALS = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local-secret' };

export interface LocalS3 extends AsyncDisposable {
  readonly url: string;
  readonly client: S3Client;
  readonly service: S3Service;
  readonly clock: Clock;
}

/** The service over HTTP, with the SDK's client for it. */
export async function openLocalS3({
  directory,
  clock = createClock(),
  onEvent = () => undefined,
}: {
  directory: string;
  clock?: Clock;
  onEvent?: (event: CreatedEvent) => void;
}): Promise<LocalS3> {
  const service = createS3Service({ directory, clock, credentials: CREDENTIALS, onEvent });
  const { url, close } = await serve(service);
  const client = new S3Client({ endpoint: url, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 });
  return {
    url,
    client,
    service,
    clock,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await close();
    },
  };
}

/** A folder that goes when its test does. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 's3-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}
