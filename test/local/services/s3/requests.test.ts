import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from 'vitest';
import { signedFetch } from '../../../contracts/services/s3/signed-fetch.ts';
import { CREDENTIALS, openLocalS3, temporaryFolder } from './local-s3.ts';

describe('requests to the local S3 that no SDK sends', () => {
  it('fails on a key that is not UTF-8', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    const response = await fetch(`${s3.url}/bucket/%ff%fe`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>InvalidURI</Code>');
  });

  it('answers a body with broken framing while it is still coming', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', {});
    const response = await signedFetch({ url: s3.url, bucket: 'bucket', credentials: CREDENTIALS }, 'key', {
      method: 'PUT',
      body: `not a size\r\n${'x'.repeat(3_000_000)}`,
      headers: {
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '3000000',
      },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>InvalidChunkSizeError</Code>');
  });

  it('answers an upload to a bucket that does not exist', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    const put = s3.client.send(new PutObjectCommand({ Bucket: 'missing', Key: 'key', Body: Buffer.alloc(10_000_000) }));
    await expect(put).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it.each([
    ['x-amz-tagging', 'a=b'],
    ['x-amz-object-lock-mode', 'GOVERNANCE'],
    ['x-amz-server-side-encryption-customer-algorithm', 'AES256'],
  ])('fails on the header %s by its name rather than to ignore it', async (header, value) => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', {});
    const at = { url: s3.url, bucket: 'bucket', credentials: CREDENTIALS };
    const response = await signedFetch(at, 'key', { method: 'PUT', body: 'content', headers: { [header]: value } });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain(`<Header>${header}</Header>`);
  });

  it('sends a file name of any script, but no second header', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', {});
    await s3.client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'content' }));
    const answer = async (ResponseContentDisposition: string) =>
      fetch(
        await getSignedUrl(
          s3.client,
          new GetObjectCommand({ Bucket: 'bucket', Key: 'key', ResponseContentDisposition }),
        ),
      );
    const named = await answer('attachment; filename="日本.csv"');
    const disposition = Buffer.from(named.headers.get('content-disposition') ?? '', 'latin1').toString('utf8');
    expect(disposition).toBe('attachment; filename="日本.csv"');
    expect((await answer('attachment\r\nx-injected: yes')).status).toBe(400);
  });
});
