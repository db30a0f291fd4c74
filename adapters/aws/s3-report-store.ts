import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { monitorStateOf, reportKey, violationsKey } from '../../core/contracts/object-keys.ts';
import { WindowReport } from '../../core/contracts/windows.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { ReportStore } from '../../core/ports/window-store.ts';
import { contentHash } from './content-hash.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Reports and memories beside the captures; see core/contracts/object-keys.ts for their keys. */
export function s3ReportStore({ client, bucketName: Bucket }: { client: S3Client; bucketName: string }): ReportStore {
  const put = (Key: string, Body: string | Uint8Array, ContentType = 'application/json') =>
    reach('PutObject', () => client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType })));
  const get = async (Key: string): Promise<Uint8Array | undefined> => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw unavailable('GetObject', error);
    }
  };
  return {
    async putReport(report, violations) {
      await put(reportKey(report.service, report), JSON.stringify(report));
      await put(violationsKey(report.service, report), violations);
    },
    async readReport(service, name) {
      const bytes = await get(reportKey(service, name));
      return bytes && WindowReport.parse(JSON.parse(Buffer.from(bytes).toString()));
    },
    async putMemory({ service, version, series }, text) {
      const bytes = await compress(text);
      const key = `${monitorStateOf(service, version)}${series}/${contentHash(bytes)}.json.gz`;
      await put(key, bytes, 'application/gzip');
      return key;
    },
    async readMemory(key) {
      const bytes = await get(key);
      return bytes && (await expand(bytes)).toString();
    },
    async removeMemory(key) {
      await reach('DeleteObject', () => client.send(new DeleteObjectCommand({ Bucket, Key: key })));
    },
  };
}

async function reach<T>(operation: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (cause) {
    throw unavailable(operation, cause);
  }
}

const unavailable = (operation: string, cause: unknown) =>
  new PlatformError('captures.unavailable', {
    message: 'reports of windows cannot be kept or read at the moment; try again',
    details: { key: operation },
    cause,
  });
