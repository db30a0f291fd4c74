import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe } from 'vitest';
import { describeFirehose } from '../../contracts/services/firehose.contract.ts';
import { motoIsInstalled, startMoto } from '../../support/moto.ts';

const credentials = { accessKeyId: 'AKIDMOTO', secretAccessKey: 'moto-secret' };
const installed = motoIsInstalled();

describe.skipIf(!installed)(installed ? 'moto' : 'moto (skipped: no moto_server on PATH)', () => {
  describeFirehose(
    'moto',
    async () => {
      const { url: endpoint, stop } = await startMoto();
      const options = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
      const [client, s3] = [new FirehoseClient(options), new S3Client(options)];
      await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
      await client.send(
        new CreateDeliveryStreamCommand({
          DeliveryStreamName: 'captures',
          DeliveryStreamType: 'DirectPut',
          // moto evaluates no expression, and puts the hour behind every prefix.
          ExtendedS3DestinationConfiguration: {
            BucketARN: 'arn:aws:s3:::bucket',
            RoleARN: 'arn:aws:iam::123456789012:role/delivery',
            Prefix: 'captures/',
          },
        }),
      );
      return {
        client,
        stream: 'captures',
        async delivered() {
          const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
          const objects = Contents.map(async ({ Key = '' }): Promise<[string, string]> => {
            const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
            return [Key, (await Body?.transformToString()) ?? ''];
          });
          return new Map(await Promise.all(objects));
        },
        async close() {
          client.destroy();
          s3.destroy();
          await stop();
        },
      };
    },
    { moto: true },
  );
});
