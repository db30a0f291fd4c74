// Run by start-writer.ts: serves S3 on the folder of its argument and puts objects until it is killed, several at a time, small and large.
// Prints the key of each put when it was answered.
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { createClock } from '../../../../local/clock.ts';
import { createS3Service } from '../../../../local/services/s3.ts';
import { serve } from '../../../support/serve.ts';

const WRITERS = 4;
const SIZES = [10, 10_000, 1_000_000];

const credentials = { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'local-secret' };
const service = createS3Service({ directory: process.argv[2] ?? '', clock: createClock(), credentials });
service.createBucket('bucket', {});
const { url } = await serve(service);

async function writeForever(): Promise<never> {
  for (;;) {
    const body = randomBytes(SIZES[randomInt(SIZES.length)] ?? 0);
    const key = createHash('sha256').update(body).digest('hex');
    const headers = { authorization: 'AWS4-HMAC-SHA256 any' };
    const response = await fetch(`${url}/bucket/${key}`, { method: 'PUT', body, headers });
    if (response.status !== 200) throw new Error(await response.text());
    process.stdout.write(`${key}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, writeForever));
