import * as z from 'zod';
import { TablePropertiesError } from './table-properties-error.ts';

/** Properties of AWS::DynamoDB::Table without an effect on one machine, each with the reason. */
const NO_LOCAL_EFFECT: Readonly<Record<string, string>> = {
  BillingMode: 'nothing is billed',
  ProvisionedThroughput: 'nothing is throttled',
  OnDemandThroughput: 'nothing is throttled',
  WarmThroughput: 'nothing is throttled',
  TableClass: 'nothing is billed',
  SSESpecification: 'the files belong to whoever runs the platform',
  PointInTimeRecoverySpecification: 'there are no backups',
  ContributorInsightsSpecification: 'there is no console',
  ResourcePolicy: 'there is no IAM',
  Tags: 'nothing reads them',
};

/** Properties whose effect a program would miss, and which are therefore refused. */
const REFUSED: Readonly<Record<string, string>> = {
  StreamSpecification: 'there are no streams here',
  KinesisStreamSpecification: 'there are no streams here',
  ImportSourceSpecification: 'tables start empty here',
};

const Name = z.string().min(1).max(255);
// GSI keys of several attributes per part are newer than the local service: two elements at most.
const KeyElements = z
  .array(z.strictObject({ AttributeName: Name, KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2);
const Projection = z.strictObject({
  ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).default('ALL'),
  NonKeyAttributes: z.array(z.string().min(1)).default([]),
});
const LocalIndex = z.strictObject({
  IndexName: z.string().regex(/^[\w.-]{3,255}$/),
  KeySchema: KeyElements,
  Projection,
});
const GlobalIndex = LocalIndex.extend({
  ProvisionedThroughput: z.unknown(),
  OnDemandThroughput: z.unknown(),
  WarmThroughput: z.unknown(),
  ContributorInsightsSpecification: z.unknown(),
}).partial({
  ProvisionedThroughput: true,
  OnDemandThroughput: true,
  WarmThroughput: true,
  ContributorInsightsSpecification: true,
});

const Used = z.strictObject({
  TableName: z.string().regex(/^[\w.-]{3,255}$/, 'must be 3 to 255 letters, digits, _, . or -'),
  KeySchema: KeyElements,
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: Name, AttributeType: z.enum(['S', 'N', 'B']) })).min(1),
  GlobalSecondaryIndexes: z.array(GlobalIndex).max(20).default([]),
  LocalSecondaryIndexes: z.array(LocalIndex).max(5).default([]),
  TimeToLiveSpecification: z.strictObject({ AttributeName: Name.optional(), Enabled: z.boolean() }).optional(),
  DeletionProtectionEnabled: z.boolean().default(false),
});
export type UsedProperties = z.infer<typeof Used>;

/** @throws TablePropertiesError naming the table and every property that is unknown, refused or wrong */
export function readTableProperties(table: string, properties: Readonly<Record<string, unknown>>): UsedProperties {
  const given = Object.entries(properties).filter(([name, value]) => value !== undefined && !(name in NO_LOCAL_EFFECT));
  const refused = given
    .filter(([name]) => name in REFUSED)
    .map(([name]) => `'${name}' is not supported: ${REFUSED[name]}`);
  if (refused.length > 0) throw new TablePropertiesError(table, refused.join('; '));
  const parsed = Used.safeParse({ ...Object.fromEntries(given), TableName: table });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.map((part) => `${String(part)}: `).join('')}${message}`,
  );
  throw new TablePropertiesError(table, problems.join('; '));
}
