import { type CfnResource, Duration, RemovalPolicy, Size, Stack, Validations } from 'aws-cdk-lib';
import {
  type IGrantable,
  PolicyStatement,
  type PolicyStatementProps,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, LogStream, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import type { CaptureRules } from '../../core/contracts/monitor.ts';
import {
  CAPTURE_ERROR_PREFIX,
  CAPTURE_PREFIX,
  COUNTS_PREFIX,
  captureErrorsOf,
  capturesOf,
  MONITOR_PREFIX,
  REPORT_PREFIX,
} from '../../core/contracts/object-keys.ts';

export interface CaptureStoreProps {
  /** How long captures are kept. @default Duration.days(365) */
  readonly retention?: Duration;
  /** Key that encrypts the captures. @default - the account's AWS managed key for S3, which has no price of its own */
  readonly encryptionKey?: IKey;
  /** Where S3 writes a line for every request. @default - no access log; CloudTrail data events can record object access */
  readonly accessLogBucket?: IBucket;
}

/** Firehose writes an object when the first of the two is reached. */
const BUFFER_INTERVAL = Duration.seconds(60);
const BUFFER_SIZE = Size.mebibytes(64);

/**
 * Where captured predictions go: a bucket of their own, because they are kept for another time than models and read by others,
 * and what Firehose needs to write there.
 *
 * Not versioned: what is erased on a data subject's demand must be gone.
 */
export class CaptureStore extends Construct {
  readonly bucket: Bucket;
  /** Those whose predictions it takes, with the rules that these are written by. */
  readonly services: Record<string, CaptureRules> = {};
  private readonly key: IKey | undefined;
  private readonly role: Role;
  private readonly errors: LogStream;
  private readonly errorGroup: LogGroup;

  constructor(scope: Construct, id: string, props: CaptureStoreProps = {}) {
    super(scope, id);
    const { encryptionKey: key, accessLogBucket } = props;
    this.key = key;
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: key ? BucketEncryption.KMS : BucketEncryption.KMS_MANAGED,
      ...(key && { encryptionKey: key }),
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          id: 'forget-captures',
          expiration: props.retention ?? Duration.days(365),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      ...(accessLogBucket && { serverAccessLogsBucket: accessLogBucket }),
    });
    // CDK's `eventBridgeEnabled` would bring a function of its own that sets this.
    (this.bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    if (!accessLogBucket) {
      Validations.of(this.bucket).acknowledge({
        id: 'AwsSolutions-S1',
        reason:
          'A log bucket would itself need one. Captures are written by one role of this stack; pass accessLogBucket, or turn on CloudTrail data events, to record every access.',
      });
    }
    // Kept when the stack goes, as every log here: its records go by themselves.
    this.errorGroup = new LogGroup(this, 'Errors', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.errors = new LogStream(this, 'ErrorStream', {
      logGroup: this.errorGroup,
      logStreamName: 'delivery',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.role = this.deliveryRole(key);
  }

  /** A stream that writes a service's captures by hour; `grantee` may put records into it. */
  addStream(
    scope: Construct,
    { service, rules, grantee }: { service: string; rules: CaptureRules; grantee: IGrantable },
  ): CfnDeliveryStream {
    const stream = new CfnDeliveryStream(scope, 'Captures', {
      deliveryStreamType: 'DirectPut',
      // Without a price of its own, as the bucket's key.
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: this.role.roleArn,
        prefix: `${capturesOf(service)}!{timestamp:yyyy/MM/dd/HH}/`,
        errorOutputPrefix: `${captureErrorsOf(service)}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/`,
        fileExtension: '.jsonl',
        bufferingHints: {
          intervalInSeconds: BUFFER_INTERVAL.toSeconds(),
          sizeInMBs: BUFFER_SIZE.toMebibytes(),
        },
        compressionFormat: 'UNCOMPRESSED',
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: this.errorGroup.logGroupName,
          logStreamName: this.errors.logStreamName,
        },
      },
    });
    // Firehose tries the role when the stream is made: its policy must be there.
    stream.node.addDependency(this.role);
    this.services[service] = rules;
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['firehose:PutRecordBatch'], resources: [stream.attrArn] }),
    );
    return stream;
  }

  /** Read the captures of every service, and nothing else that lies here. */
  grantReadCaptures(grantee: IGrantable): void {
    this.grantRead(grantee, [CAPTURE_PREFIX]);
  }

  /** Write the counts of captures, and ask when that was: S3 allows that to who may read. */
  grantKeepCounts(grantee: IGrantable): void {
    const resources = [this.bucket.arnForObjects(`${COUNTS_PREFIX}*`)];
    this.allow(grantee, { actions: ['s3:PutObject', 's3:GetObject'], resources });
    if (this.key) this.allow(grantee, { actions: ['kms:GenerateDataKey'], resources: [this.key.keyArn] });
    this.acknowledgePrefixFor(grantee, COUNTS_PREFIX);
  }

  /** Read captures and counts, write reports, and remember what is needed from window to window. */
  grantMonitor(grantee: IGrantable): void {
    this.grantRead(grantee, [CAPTURE_PREFIX, COUNTS_PREFIX, REPORT_PREFIX, MONITOR_PREFIX]);
    for (const prefix of [REPORT_PREFIX, MONITOR_PREFIX]) {
      this.allow(grantee, { actions: ['s3:PutObject'], resources: [this.bucket.arnForObjects(`${prefix}*`)] });
    }
    // What is remembered is written anew each time, and the old forgotten.
    this.allow(grantee, { actions: ['s3:DeleteObject'], resources: [this.bucket.arnForObjects(`${MONITOR_PREFIX}*`)] });
    if (this.key) this.allow(grantee, { actions: ['kms:GenerateDataKey'], resources: [this.key.keyArn] });
  }

  /** Read the reports of evaluated windows, and nothing else that lies here. */
  grantReadReports(grantee: IGrantable): void {
    this.grantRead(grantee, [REPORT_PREFIX]);
  }

  private grantRead(grantee: IGrantable, prefixes: readonly string[]): void {
    this.allow(grantee, {
      actions: ['s3:GetObject'],
      resources: prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`)),
    });
    this.allow(grantee, {
      actions: ['s3:ListBucket'],
      resources: [this.bucket.bucketArn],
      // IfExists: S3 asks for this permission, without a prefix, before it says 404 rather than 403 of what was erased.
      conditions: { StringLikeIfExists: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } },
    });
    if (this.key) this.allow(grantee, { actions: ['kms:Decrypt'], resources: [this.key.keyArn] });
    for (const prefix of prefixes) this.acknowledgePrefixFor(grantee, prefix);
  }

  private allow(grantee: IGrantable, statement: PolicyStatementProps): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement(statement));
  }

  private acknowledgePrefixFor({ grantPrincipal }: IGrantable, prefix: string): void {
    if (Construct.isConstruct(grantPrincipal)) this.acknowledgePrefix(grantPrincipal, prefix);
  }

  /** One for all streams: each writes under its own prefix of the same bucket, and none of them runs anybody's code. */
  private deliveryRole(key: IKey | undefined): Role {
    const role = new Role(this, 'DeliveryRole', {
      description: 'Lets Firehose write captured predictions',
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    const prefixes = [CAPTURE_PREFIX, CAPTURE_ERROR_PREFIX];
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        resources: prefixes.map((prefix) => this.bucket.arnForObjects(`${prefix}*`)),
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [this.bucket.bucketArn],
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['logs:PutLogEvents'], resources: [this.errorGroup.logGroupArn] }));
    if (key) {
      role.addToPolicy(
        new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
      );
    }
    for (const prefix of prefixes) this.acknowledgePrefix(role, prefix);
    return role;
  }

  private acknowledgePrefix(role: IConstruct, prefix: string): void {
    const logicalId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnResource);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`,
      reason: `Objects are named by time: what may be reached is the prefix ${prefix}, not a list of keys.`,
    });
  }
}
