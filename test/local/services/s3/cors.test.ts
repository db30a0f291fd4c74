import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from 'vitest';
import { openLocalS3, temporaryFolder } from './local-s3.ts';

const CORS = {
  CorsConfiguration: {
    CorsRules: [
      {
        AllowedOrigins: ['http://*.example.com'],
        AllowedMethods: ['GET', 'PUT'],
        AllowedHeaders: ['x-amz-*', 'content-type'],
        ExposedHeaders: ['ETag'],
        MaxAge: 60,
      },
    ],
  },
};

const preflight = (method: string, { origin, headers }: { origin: string; headers: string }) => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
});

describe('cross-origin requests to the local S3', () => {
  it('answers a preflight of an allowed origin', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', CORS);
    const asked = preflight('PUT', {
      origin: 'http://console.example.com',
      headers: 'X-Amz-Checksum-Sha256, content-type',
    });
    const response = await fetch(`${s3.url}/bucket/key`, asked);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'http://console.example.com',
      'access-control-allow-methods': 'GET, PUT',
      'access-control-allow-headers': 'x-amz-checksum-sha256, content-type',
      'access-control-max-age': '60',
    });
  });

  it.each([
    ['another origin', preflight('PUT', { origin: 'http://example.org', headers: '' })],
    ['another method', preflight('DELETE', { origin: 'http://console.example.com', headers: '' })],
    ['another header', preflight('PUT', { origin: 'http://console.example.com', headers: 'authorization' })],
  ])('fails on a preflight of %s', async (_what, asked) => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', CORS);
    expect((await fetch(`${s3.url}/bucket/key`, asked)).status).toBe(403);
  });

  it('lets a page read what it was allowed to ask for, and no other page', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', CORS);
    await s3.client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'content' }));
    const url = await getSignedUrl(s3.client, new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    const allowed = await fetch(url, { headers: { origin: 'http://console.example.com' } });
    const other = await fetch(url, { headers: { origin: 'http://example.org' } });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://console.example.com');
    expect(allowed.headers.get('access-control-expose-headers')).toBe('ETag');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
