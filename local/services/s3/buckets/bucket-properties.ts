import * as z from 'zod';

/** CloudFormation takes numbers and booleans as text too. */
const number = z.coerce.number().int().nonnegative();
const boolean = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);

/** A property that changes nothing on one machine, and why. */
const noEffect = (reason: string) => z.unknown().optional().describe(reason);

const encryption = z.strictObject({
  ServerSideEncryptionConfiguration: z
    .array(
      z.strictObject({
        BucketKeyEnabled: boolean.optional(),
        BlockedEncryptionTypes: noEffect('encryption by a key of the client is always refused'),
        ServerSideEncryptionByDefault: z
          .strictObject({
            SSEAlgorithm: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']),
            KMSMasterKeyID: z.string().optional(),
          })
          .optional(),
      }),
    )
    .length(1),
});

const STORAGE_CLASSES = 'storage classes differ in price and speed, of which one machine has neither';

const lifecycleRule = z.strictObject({
  Id: noEffect('a name for people'),
  Status: z.enum(['Enabled', 'Disabled']),
  Prefix: z.string().optional(),
  ObjectSizeGreaterThan: number.optional(),
  ObjectSizeLessThan: number.optional(),
  ExpirationInDays: number.positive().optional(),
  ExpiredObjectDeleteMarker: boolean.optional(),
  NoncurrentVersionExpirationInDays: number.positive().optional(),
  NoncurrentVersionExpiration: z
    .strictObject({ NoncurrentDays: number.positive(), NewerNoncurrentVersions: number.optional() })
    .optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: number.positive() }).optional(),
  Transition: noEffect(STORAGE_CLASSES),
  Transitions: noEffect(STORAGE_CLASSES),
  NoncurrentVersionTransition: noEffect(STORAGE_CLASSES),
  NoncurrentVersionTransitions: noEffect(STORAGE_CLASSES),
});

const corsRule = z.strictObject({
  Id: noEffect('a name for people'),
  AllowedOrigins: z.array(z.string()).min(1),
  AllowedMethods: z.array(z.enum(['GET', 'PUT', 'HEAD', 'POST', 'DELETE'])).min(1),
  AllowedHeaders: z.array(z.string()).optional(),
  ExposedHeaders: z.array(z.string()).optional(),
  MaxAge: number.optional(),
});

/** What the service takes of `AWS::S3::Bucket`: what has an effect, and what knowingly has none. All else is refused. */
export const BucketProperties = z.strictObject({
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  BucketEncryption: encryption.optional(),
  LifecycleConfiguration: z
    .strictObject({
      Rules: z.array(lifecycleRule).min(1),
      TransitionDefaultMinimumObjectSize: noEffect(STORAGE_CLASSES),
    })
    .optional(),
  CorsConfiguration: z.strictObject({ CorsRules: z.array(corsRule).min(1) }).optional(),
  NotificationConfiguration: z
    .strictObject({ EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: boolean }).optional() })
    .optional(),
  ObjectLockEnabled: boolean.refine((enabled) => !enabled, 'object lock has no local implementation').optional(),
  AccessControl: z.enum(['Private', 'BucketOwnerFullControl', 'LogDeliveryWrite']).optional(),

  AccelerateConfiguration: noEffect('there is no edge network'),
  AnalyticsConfigurations: noEffect('storage class analysis is about prices'),
  BucketName: noEffect('the name is given beside the properties'),
  IntelligentTieringConfigurations: noEffect(STORAGE_CLASSES),
  LoggingConfiguration: noEffect('the log of requests is for auditors, and may be hours late on AWS'),
  MetricsConfigurations: noEffect('request metrics are not collected'),
  OwnershipControls: noEffect('there is one account, which owns all'),
  PublicAccessBlockConfiguration: noEffect('every bucket is private, whatever this says'),
  Tags: noEffect('tags are for billing and for policies'),
});

export type BucketProperties = z.infer<typeof BucketProperties>;
