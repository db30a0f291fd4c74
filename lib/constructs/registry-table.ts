import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  alarmsPartition,
  baselinesPartition,
  capturePartition,
  healthPartition,
  labelledHoursPartition,
  labelPartition,
  predictionPartition,
  recentPartition,
  reopenedPartition,
  servicePartition,
  TABLE_KEYS,
  windowsPartition,
} from '../../core/contracts/table-keys.ts';

/**
 * The registry: services, versions and rollouts in one table (see core/contracts/table-keys.ts).
 *
 * On demand, so that an idle one costs its storage alone; restorable to any second of the last 35 days; protected against
 * deletion and kept when the stack goes.
 */
export class RegistryTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: TABLE_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEYS.sort, type: AttributeType.STRING },
      timeToLiveAttribute: TABLE_KEYS.timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.AWS_MANAGED,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Read the items of one service. */
  grantReadService(grantee: IGrantable, service: string): void {
    this.grantReadPartitions(grantee, { 'ForAllValues:StringEquals': servicePartition(service) });
  }

  /** Read the items of every service, but not the directory of their names. */
  grantReadEveryService(grantee: IGrantable): void {
    this.grantReadPartitions(grantee, { 'ForAllValues:StringLike': servicePartition('*') });
  }

  /** Make the key of a service's capture hashes once, and read it. The partition holds nothing else. */
  grantCaptureSalt(grantee: IGrantable, service: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [capturePartition(service)] } },
      }),
    );
  }

  /** Remember that predictions were captured, so that labels find them. Neither reads them nor sees a label. */
  grantIndexPredictions(grantee: IGrantable): void {
    this.grantPartitions(grantee, ['dynamodb:BatchWriteItem'], {
      'ForAllValues:StringLike': predictionPartition('*', '*'),
    });
  }

  /** Say that late captures have changed windows. The partitions hold nothing else. */
  grantMarkReopened(grantee: IGrantable): void {
    this.grantPartitions(grantee, ['dynamodb:UpdateItem'], { 'ForAllValues:StringLike': reopenedPartition('*') });
  }

  /** Read what baselines were asked for, and write how they ended. The partitions hold nothing else. */
  grantMakeBaselines(grantee: IGrantable): void {
    this.grantPartitions(grantee, ['dynamodb:GetItem', 'dynamodb:PutItem'], {
      'ForAllValues:StringLike': baselinesPartition('*'),
    });
  }

  /** Read what windows are evaluated by, and write what comes of it. Nothing of the registry itself is written. */
  grantMonitor(grantee: IGrantable): void {
    this.grantReadPartitions(grantee, {
      'ForAllValues:StringLike': [servicePartition('*'), labelPartition('*', '*'), labelledHoursPartition('*')],
    });
    this.grantPartitions(grantee, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem'], {
      'ForAllValues:StringLike': windowsPartition('*'),
    });
    this.grantPartitions(grantee, ['dynamodb:Query', 'dynamodb:DeleteItem'], {
      'ForAllValues:StringLike': reopenedPartition('*'),
    });
  }

  /** Read what was found in windows, and remember what was told of alarms. */
  grantNotify(grantee: IGrantable): void {
    this.grantPartitions(grantee, ['dynamodb:Query'], { 'ForAllValues:StringLike': windowsPartition('*') });
    this.grantPartitions(grantee, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], {
      'ForAllValues:StringLike': alarmsPartition('*'),
    });
  }

  /** Tell of the captures of one service that are on their way. The partition holds nothing else, and who tells cannot read it. */
  grantTellRecent(grantee: IGrantable, service: string): void {
    this.grantPartitions(grantee, ['dynamodb:PutItem'], { 'ForAllValues:StringEquals': recentPartition(service) });
  }

  /** Count the crashes of one service's versions. The partition holds nothing else. */
  grantRecordCrashes(grantee: IGrantable, service: string): void {
    this.grantRecordCrashesOf(grantee, { 'ForAllValues:StringEquals': healthPartition(service) });
  }

  /** Count the crashes of every service's versions. */
  grantRecordEveryCrash(grantee: IGrantable): void {
    this.grantRecordCrashesOf(grantee, { 'ForAllValues:StringLike': healthPartition('*') });
  }

  /** Read everything, add items and move pointers. Nothing of the registry is ever deleted but by its time to live. */
  grantRegister(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        // A transaction is allowed by the actions it consists of.
        actions: [
          'dynamodb:GetItem',
          'dynamodb:BatchGetItem',
          'dynamodb:Query',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
        ],
        resources: [this.table.tableArn],
      }),
    );
  }

  private grantReadPartitions(grantee: IGrantable, condition: Record<string, string | string[]>): void {
    this.grantPartitions(grantee, ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], condition);
  }

  private grantRecordCrashesOf(grantee: IGrantable, condition: Record<string, string | string[]>): void {
    this.grantPartitions(grantee, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], condition);
  }

  // Every operation that is allowed names its partitions: a condition on none (`ForAllValues` holds for no values) cannot arise.
  private grantPartitions(grantee: IGrantable, actions: string[], condition: Record<string, string | string[]>): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions,
        resources: [this.table.tableArn],
        conditions: Object.fromEntries(
          Object.entries(condition).map(([operator, partition]) => [
            operator,
            { 'dynamodb:LeadingKeys': [partition].flat() },
          ]),
        ),
      }),
    );
  }
}
