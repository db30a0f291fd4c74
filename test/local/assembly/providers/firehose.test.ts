import { describe, expect, it } from 'vitest';
import { deployStacks } from '../../../../local/assembly/deploy-stacks.ts';
import { firehoseProviders } from '../../../../local/assembly/providers/firehose.ts';
import type { DeliveryStream } from '../../../../local/services/firehose/delivery-stream.ts';
import { resource, stack } from '../assembly-fixture.ts';

const DESTINATION = {
  BucketARN: 'arn:aws:s3:::bucket',
  RoleARN: 'arn:aws:iam::000000000000:role/delivery',
  Prefix: 'captures/!{timestamp:yyyy/MM/dd/HH}/',
  ErrorOutputPrefix: 'errors/',
};

async function deploy(destination: object, more: object = {}) {
  const made: DeliveryStream[] = [];
  const properties = { ExtendedS3DestinationConfiguration: { ...DESTINATION, ...destination }, ...more };
  const Resources = { Captures: resource('AWS::KinesisFirehose::DeliveryStream', properties) };
  const Outputs = { Arn: { Value: { 'Fn::GetAtt': ['Captures', 'Arn'] } }, Name: { Value: { Ref: 'Captures' } } };
  const providers = firehoseProviders({ createDeliveryStream: (each) => void made.push(each) });
  return { outputs: await deployStacks([stack('S', { Resources, Outputs })], providers), made };
}

describe('a delivery stream of the template', () => {
  it('becomes one with what the template says', async () => {
    const hints = { IntervalInSeconds: '60', SizeInMBs: 64 };
    const { made, outputs } = await deploy({ BufferingHints: hints, FileExtension: '.jsonl' });
    expect(made).toEqual([
      {
        name: outputs['S.Name'],
        arn: outputs['S.Arn'],
        bucket: 'bucket',
        roleArn: DESTINATION.RoleARN,
        prefix: DESTINATION.Prefix,
        errorOutputPrefix: 'errors/',
        fileExtension: '.jsonl',
        bufferIntervalMs: 60_000,
        bufferBytes: 64 * 1024 * 1024,
      },
    ]);
  });

  it('buffers 300 s and 5 MiB where it does not say, as on AWS', async () => {
    const { made } = await deploy({});
    expect(made[0]).toMatchObject({ bufferIntervalMs: 300_000, bufferBytes: 5 * 1024 * 1024, fileExtension: '' });
  });

  it.each([
    ['a property that is not known', { ProcessingConfiguration: {} }, {}, /ProcessingConfiguration/],
    ['compression', { CompressionFormat: 'GZIP' }, {}, /CompressionFormat/],
    ['dynamic partitioning', { DynamicPartitioningConfiguration: { Enabled: true } }, {}, /DynamicPartitioning/],
    [
      'a prefix with expressions and none for errors',
      { ErrorOutputPrefix: undefined },
      {},
      /needs an ErrorOutputPrefix/,
    ],
    ['a buffer of an hour', { BufferingHints: { IntervalInSeconds: 3_600 } }, {}, /IntervalInSeconds/],
    ['a stream as its source', {}, { DeliveryStreamType: 'KinesisStreamAsSource' }, /DeliveryStreamType/],
    ['another destination', {}, { RedshiftDestinationConfiguration: {} }, /RedshiftDestinationConfiguration/],
  ])('fails for %s', async (_, destination, more, message) => {
    await expect(deploy(destination, more)).rejects.toThrow(message);
  });
});
