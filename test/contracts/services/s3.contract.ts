import { afterAll, beforeAll, describe } from 'vitest';
import { buckets } from './s3/buckets.ts';
import { conditionalWrites } from './s3/conditional-writes.ts';
import { copies } from './s3/copies.ts';
import { deletes } from './s3/deletes.ts';
import { integrity } from './s3/integrity.ts';
import { keys } from './s3/keys.ts';
import { listings } from './s3/listings.ts';
import { multipart } from './s3/multipart.ts';
import { preSigned } from './s3/pre-signed.ts';
import { puts } from './s3/puts.ts';
import { reads } from './s3/reads.ts';
import type { OpenedS3, S3Suite } from './s3/suite.ts';
import { versions } from './s3/versions.ts';

/**
 * What every S3 must do that the platform runs on, asked with the real SDK clients.
 *
 * @param moto true for moto, whose known differences from AWS are skipped by name
 */
export function describeS3(
  name: string,
  open: () => Promise<OpenedS3>,
  { moto = false }: { moto?: boolean } = {},
): void {
  describe(`S3: ${name}`, () => {
    let opened: OpenedS3 | undefined;
    beforeAll(async () => {
      opened = await open();
    }, 60_000);
    afterAll(() => opened?.close());
    const suite: S3Suite = {
      moto,
      s3() {
        if (opened === undefined) throw new Error('S3 was not opened');
        return opened;
      },
    };
    for (const part of [
      puts,
      integrity,
      keys,
      reads,
      conditionalWrites,
      deletes,
      versions,
      listings,
      copies,
      multipart,
      preSigned,
      buckets,
    ]) {
      part(suite);
    }
  });
}
