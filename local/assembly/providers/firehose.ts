import * as z from 'zod';
import type { DeliveryStream } from '../../services/firehose/delivery-stream.ts';
import { defineProvider, noEffect, number, type Providers } from '../provider.ts';

const MIB = 1024 * 1024;

/** AWS's own defaults and bounds. */
const BufferingHints = z.strictObject({
  IntervalInSeconds: number().pipe(z.number().int().min(0).max(900)).default(300),
  SizeInMBs: number().pipe(z.number().int().min(1).max(128)).default(5),
});

const Destination = z
  .strictObject({
    BucketARN: z.string().startsWith('arn:'),
    BufferingHints: BufferingHints.prefault({}),
    CloudWatchLoggingOptions: noEffect('what cannot be delivered is told on the error output of the platform'),
    CompressionFormat: z.literal('UNCOMPRESSED').default('UNCOMPRESSED'),
    CustomTimeZone: z.literal('UTC').default('UTC'),
    EncryptionConfiguration: noEffect('nothing is encrypted on one machine'),
    ErrorOutputPrefix: z.string().optional(),
    FileExtension: z
      .string()
      .regex(/^(\.[0-9a-z!\-_.*'()]+)?$/)
      .default(''),
    Prefix: z.string().optional(),
    RoleARN: z.string(),
    S3BackupMode: z.literal('Disabled').default('Disabled'),
  })
  .refine(({ Prefix, ErrorOutputPrefix }) => !Prefix?.includes('!{') || ErrorOutputPrefix !== undefined, {
    message: 'a Prefix with expressions needs an ErrorOutputPrefix',
  });

const StreamProperties = z.strictObject({
  DeliveryStreamEncryptionConfigurationInput: noEffect('nothing is encrypted on one machine'),
  DeliveryStreamName: z.string().optional(),
  DeliveryStreamType: z.literal('DirectPut').default('DirectPut'),
  ExtendedS3DestinationConfiguration: Destination,
  Tags: noEffect('nothing reads tags'),
});

/** Delivery streams into buckets. */
export function firehoseProviders(firehose: { createDeliveryStream(stream: DeliveryStream): void }): Providers {
  return {
    'AWS::KinesisFirehose::DeliveryStream': defineProvider({
      properties: StreamProperties,
      naming: { property: 'DeliveryStreamName', maxLength: 64 },
      create(resource) {
        const { name, stack, properties } = resource;
        const destination = properties.ExtendedS3DestinationConfiguration;
        const arn = `arn:aws:firehose:${stack.region}:${stack.account}:deliverystream/${name}`;
        try {
          firehose.createDeliveryStream({
            name,
            arn,
            bucket: destination.BucketARN.split(':').at(-1) ?? '',
            roleArn: destination.RoleARN,
            prefix: destination.Prefix,
            errorOutputPrefix: destination.ErrorOutputPrefix,
            fileExtension: destination.FileExtension,
            bufferIntervalMs: destination.BufferingHints.IntervalInSeconds * 1000,
            bufferBytes: destination.BufferingHints.SizeInMBs * MIB,
          });
        } catch (cause) {
          resource.refuse(cause instanceof Error ? cause.message : String(cause));
        }
        return { ref: name, attributes: { Arn: arn } };
      },
    }),
  };
}
