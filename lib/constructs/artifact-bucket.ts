import { type CfnResource, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IGrantable, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { UPLOAD_RETENTION_DAYS } from '../../core/contracts/limits.ts';
import { ARTIFACT_PREFIX, BASELINE_PREFIX, UPLOAD_PREFIX } from '../../core/contracts/object-keys.ts';

export interface ArtifactBucketProps {
  /** Where S3 writes a line for every request. @default - no access log; CloudTrail data events can record object access */
  readonly accessLogBucket?: IBucket;
  /**
   * Key that encrypts the objects; only its owner can then hand out or withdraw access by the key's policy.
   * @default - the account's AWS managed key for S3, which has no price of its own
   */
  readonly encryptionKey?: IKey;
}

/**
 * Holds model artifacts by the hash of their content, and uploads that wait to be registered.
 *
 * Versioned, encrypted with KMS, reachable by TLS 1.2 and later only, never public, and kept when the stack
 * goes. An artifact's key can be written once: whoever puts one must ask S3 to refuse an existing key.
 *
 * A customer managed key is not made here: it would cost 1 USD a month, by the hour, whether anybody calls or not. The
 * bucket key keeps requests to KMS to a few a day.
 */
export class ArtifactBucket extends Construct {
  readonly bucket: Bucket;
  private readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, props: ArtifactBucketProps = {}) {
    super(scope, id);
    this.key = props.encryptionKey;
    this.bucket = new Bucket(this, 'Bucket', {
      versioned: true,
      encryption: this.key ? BucketEncryption.KMS : BucketEncryption.KMS_MANAGED,
      ...(this.key && { encryptionKey: this.key }),
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          id: 'forget-uploads',
          prefix: UPLOAD_PREFIX,
          expiration: Duration.days(UPLOAD_RETENTION_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
        },
        // S3 takes this in a rule without days of its own only.
        { id: 'forget-delete-markers', prefix: UPLOAD_PREFIX, expiredObjectDeleteMarker: true },
        { id: 'abort-multipart-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      ...(props.accessLogBucket && { serverAccessLogsBucket: props.accessLogBucket }),
    });
    this.bucket.addToResourcePolicy(this.denyOverwriting());
    if (!props.accessLogBucket) {
      Validations.of(this.bucket).acknowledge({
        id: 'AwsSolutions-S1',
        reason:
          'A log bucket would itself need one. Objects are reached by the roles of this stack only, each of which names its prefix, and never change; pass accessLogBucket, or turn on CloudTrail data events, to record every access.',
      });
    }
  }

  /** Read any artifact, and nothing else. */
  grantReadArtifacts(grantee: IGrantable): void {
    this.allow(grantee, { actions: ['s3:GetObject'], prefix: ARTIFACT_PREFIX });
    this.allowKey(grantee, ['kms:Decrypt']);
  }

  /** Take uploads in, read, list and remove them, and store artifacts. */
  grantRegisterArtifacts(grantee: IGrantable): void {
    this.allow(grantee, { actions: ['s3:PutObject'], prefix: ARTIFACT_PREFIX });
    this.allow(grantee, { actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], prefix: UPLOAD_PREFIX });
    allow(grantee, {
      actions: ['s3:ListBucket'],
      resources: [this.bucket.bucketArn],
      // IfExists: S3 asks for this permission, without a prefix, before it says 404 rather than 403 of a missing object.
      conditions: { StringLikeIfExists: { 's3:prefix': `${UPLOAD_PREFIX}*` } },
    });
    this.allowKey(grantee, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /** Read uploaded data sets, and write baselines. */
  grantMakeBaselines(grantee: IGrantable): void {
    this.allow(grantee, { actions: ['s3:GetObject'], prefix: UPLOAD_PREFIX });
    this.allow(grantee, { actions: ['s3:PutObject'], prefix: BASELINE_PREFIX });
    this.allowKey(grantee, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /** Read the baselines of every version. */
  grantReadBaselines(grantee: IGrantable): void {
    this.allow(grantee, { actions: ['s3:GetObject'], prefix: BASELINE_PREFIX });
    allow(grantee, {
      actions: ['s3:ListBucket'],
      resources: [this.bucket.bucketArn],
      // As above: a version without a baseline is a 404, not a 403.
      conditions: { StringLikeIfExists: { 's3:prefix': `${BASELINE_PREFIX}*` } },
    });
    this.allowKey(grantee, ['kms:Decrypt']);
  }

  /** Copy baselines to where their versions' lie. */
  grantPublishBaselines(grantee: IGrantable): void {
    this.allow(grantee, { actions: ['s3:GetObject', 's3:PutObject'], prefix: BASELINE_PREFIX });
    this.allowKey(grantee, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /** An artifact never changes once stored: S3 itself refuses whoever does not ask for a free key. */
  private denyOverwriting(): PolicyStatement {
    return new PolicyStatement({
      sid: 'ArtifactsAreWrittenOnce',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [this.bucket.arnForObjects(`${ARTIFACT_PREFIX}*`)],
      conditions: {
        Null: { 's3:if-none-match': 'true' },
        // The parts of a multipart upload cannot carry the header; its completion does.
        Bool: { 's3:ObjectCreationOperation': 'true' },
      },
    });
  }

  /** Through S3, the AWS managed key serves whoever may reach the objects; a key of one's own must be granted. */
  private allowKey(grantee: IGrantable, actions: string[]): void {
    if (this.key) allow(grantee, { actions, resources: [this.key.keyArn] });
  }

  private allow(grantee: IGrantable, { actions, prefix }: { actions: string[]; prefix: string }): void {
    allow(grantee, { actions, resources: [this.bucket.arnForObjects(`${prefix}*`)] });
    const { grantPrincipal } = grantee;
    if (!Construct.isConstruct(grantPrincipal)) return;
    const logicalId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnResource);
    Validations.of(grantPrincipal).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`,
      reason: `Objects are named by their content or their upload: what may be reached is the prefix ${prefix}, not a list of keys.`,
    });
  }
}

const allow = (grantee: IGrantable, statement: PolicyStatementProps): void => {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement(statement));
};
