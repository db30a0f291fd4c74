import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { type Clock, createClock } from '../../../../local/clock.ts';
import type { DeliveryStream } from '../../../../local/services/firehose/delivery-stream.ts';
import { createFirehoseService, type FirehoseService } from '../../../../local/services/firehose.ts';
import { serve } from '../../../support/serve.ts';

export const aStream = (parts: Partial<DeliveryStream> = {}): DeliveryStream => ({
  name: 'captures',
  arn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/captures',
  bucket: 'bucket',
  roleArn: 'arn:aws:iam::000000000000:role/delivery',
  prefix: 'captures/!{timestamp:yyyy/MM/dd/HH}/',
  errorOutputPrefix: 'errors/!{firehose:error-output-type}/',
  fileExtension: '.jsonl',
  bufferIntervalMs: 60_000,
  bufferBytes: 1024 * 1024,
  ...parts,
});

/** Midday of some day. */
export const NOON = Date.UTC(2026, 5, 1, 12);

export interface LocalFirehose extends AsyncDisposable {
  readonly client: FirehoseClient;
  readonly service: FirehoseService;
  readonly clock: Clock;
  /** What was delivered, by bucket and key. */
  readonly objects: Map<string, string>;
  /** Lets every delivery fail from now on, or not. */
  break(isBroken: boolean): void;
}

/** The service over HTTP with one stream, writing into a map instead of S3. */
export async function openLocalFirehose({
  directory,
  stream = aStream(),
  wallMs = () => NOON,
}: {
  directory: string;
  stream?: DeliveryStream;
  wallMs?: () => number;
}): Promise<LocalFirehose> {
  const objects = new Map<string, string>();
  const clock = createClock({ wall: wallMs });
  let isBroken = false;
  const service = createFirehoseService({
    directory,
    clock,
    account: '000000000000',
    async putObject({ bucket, key, body }) {
      if (isBroken) throw new Error('S3 is away');
      objects.set(`${bucket}/${key}`, Buffer.from(body).toString());
    },
  });
  service.createDeliveryStream(stream);
  const { url, close } = await serve(service);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new FirehoseClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
  return {
    client,
    service,
    clock,
    objects,
    break: (next) => {
      isBroken = next;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await close();
    },
  };
}

/** A folder that goes when its test does. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'keelson-firehose-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
