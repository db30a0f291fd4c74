import type * as z from 'zod';
import { BucketProperties } from './bucket-properties.ts';
import type { BucketSettings, CorsRule, LifecycleRule } from './bucket-settings.ts';

/**
 * The settings that a bucket's CloudFormation properties come to.
 *
 * @throws Error that names the bucket and every property that is unknown or wrong
 */
export function parseBucketProperties(bucket: string, properties: Readonly<Record<string, unknown>>): BucketSettings {
  const parsed = BucketProperties.safeParse(properties);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap(describeIssue).join('; ');
    throw new Error(`the local S3 cannot make the bucket '${bucket}': ${problems}`);
  }
  const { VersioningConfiguration, LifecycleConfiguration, CorsConfiguration, NotificationConfiguration } = parsed.data;
  return {
    versioning: VersioningConfiguration?.Status ?? 'Unversioned',
    encryption: encryptionOf(parsed.data),
    lifecycle: (LifecycleConfiguration?.Rules ?? []).filter(({ Status }) => Status === 'Enabled').map(lifecycleRule),
    tellsEvents: NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled ?? false,
    cors: (CorsConfiguration?.CorsRules ?? []).map(corsRule),
  };
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const path = (...more: PropertyKey[]) => [...issue.path, ...more].map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `the property '${path(key)}' has no local implementation; leave it out or set it on AWS only`,
    );
  }
  return [`the property '${path()}' is not valid here: ${issue.message}`];
}

function encryptionOf({ BucketEncryption }: BucketProperties): BucketSettings['encryption'] {
  const rule = BucketEncryption?.ServerSideEncryptionConfiguration[0];
  const byDefault = rule?.ServerSideEncryptionByDefault;
  // Since 2023 S3 encrypts by its own key whatever nothing else is said of.
  const algorithm = byDefault?.SSEAlgorithm ?? 'AES256';
  return {
    algorithm,
    keyId: byDefault?.KMSMasterKeyID,
    bucketKey: algorithm === 'aws:kms' && (rule?.BucketKeyEnabled ?? false),
  };
}

type Rule<K extends 'LifecycleConfiguration'> = NonNullable<BucketProperties[K]>['Rules'][number];

function lifecycleRule(rule: Rule<'LifecycleConfiguration'>): LifecycleRule {
  const { NoncurrentVersionExpiration: noncurrent, NoncurrentVersionExpirationInDays } = rule;
  const noncurrentDays = noncurrent?.NoncurrentDays ?? NoncurrentVersionExpirationInDays;
  return {
    prefix: rule.Prefix ?? '',
    sizeAbove: rule.ObjectSizeGreaterThan ?? -1,
    sizeBelow: rule.ObjectSizeLessThan ?? Number.MAX_SAFE_INTEGER,
    expirationDays: rule.ExpirationInDays,
    noncurrent:
      noncurrentDays === undefined
        ? undefined
        : { days: noncurrentDays, keep: noncurrent?.NewerNoncurrentVersions ?? 0 },
    abortUploadsAfterDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    removeLoneDeleteMarkers: rule.ExpiredObjectDeleteMarker ?? false,
  };
}

type Cors = NonNullable<BucketProperties['CorsConfiguration']>['CorsRules'][number];

const corsRule = ({ AllowedOrigins, AllowedMethods, AllowedHeaders, ExposedHeaders, MaxAge }: Cors): CorsRule => ({
  origins: AllowedOrigins,
  methods: AllowedMethods,
  headers: AllowedHeaders ?? [],
  exposed: ExposedHeaders ?? [],
  maxAgeS: MaxAge,
});
