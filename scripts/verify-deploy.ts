import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AwsClient } from 'aws4fetch';
import { CONTROL_ROUTES, FALLBACK_ROUTE, inferenceRoutesOf, POOL_ROUTES } from '../core/contracts/routes.ts';
import { loadConfig } from '../lib/load-config.ts';

/**
 * Asks a deployed stack, through AWS's own SDK, whether it is what was meant. Run by scripts/test-deploy.ts after the
 * deploy, with AWS's variables set and `DEPLOY_OUTPUTS` naming the CDK CLI's outputs file; throws at the first difference.
 */
type Outputs = Readonly<Record<string, string>>;

const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; scripts/test-deploy.ts runs this file`);
  return value;
};

async function verifyBucket(Bucket: string): Promise<void> {
  const s3 = new S3Client();
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  assert.equal(Status, 'Enabled', 'the bucket is versioned');
  const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  const rule = encryption.ServerSideEncryptionConfiguration?.Rules?.[0];
  assert.equal(
    rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    'aws:kms',
    'the bucket is encrypted by a KMS key',
  );
  const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  assert.deepEqual(
    PublicAccessBlockConfiguration,
    { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    'the bucket is never public',
  );
  const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  for (const condition of ['aws:SecureTransport', 's3:TlsVersion', 's3:if-none-match']) {
    assert.ok(Policy.includes(condition), `the bucket's policy speaks of ${condition}`);
  }
  const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  assert.ok(
    Rules.some(({ Filter, Prefix, Expiration }) => (Filter?.Prefix ?? Prefix) === 'uploads/' && Expiration?.Days === 1),
    'uploads expire',
  );
}

async function verifyTable(TableName: string): Promise<void> {
  const dynamo = new DynamoDBClient();
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  assert.equal(Table?.BillingModeSummary?.BillingMode, 'PAY_PER_REQUEST', 'the table is on demand');
  assert.equal(Table?.DeletionProtectionEnabled, true, 'the table is protected against deletion');
  assert.deepEqual(
    Table?.KeySchema?.map(({ AttributeName }) => AttributeName),
    ['pk', 'sk'],
    'the table has its keys',
  );
  const { TimeToLiveDescription } = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
  assert.equal(TimeToLiveDescription?.AttributeName, 'expiresAt', 'items expire');
  const { ContinuousBackupsDescription } = await dynamo.send(new DescribeContinuousBackupsCommand({ TableName }));
  assert.equal(
    ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    'ENABLED',
    'the table can be restored to any second',
  );
}

async function verifyFunction(FunctionName: string, memoryMiB: number): Promise<void> {
  const configuration = await new LambdaClient().send(new GetFunctionConfigurationCommand({ FunctionName }));
  assert.equal(configuration.Runtime, 'nodejs24.x', `${FunctionName} runs on Node.js 24`);
  assert.deepEqual(configuration.Architectures, ['arm64'], `${FunctionName} runs on arm64`);
  assert.equal(configuration.MemorySize, memoryMiB, `${FunctionName} has its memory`);
}

/** The control function in the deployed stack's own environment: it starts, finds its table and answers. */
async function verifyControlAnswers(FunctionName: string): Promise<void> {
  const event = {
    version: '2.0',
    routeKey: 'GET /api/services',
    rawPath: '/api/services',
    headers: {},
    requestContext: { timeEpoch: Date.now(), requestId: 'verify', http: { method: 'GET', path: '/api/services' } },
    isBase64Encoded: false,
  };
  const { Payload, FunctionError } = await new LambdaClient().send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const answer = Buffer.from(Payload ?? []).toString();
  assert.equal(FunctionError, undefined, `the control function answers: ${answer}`);
  const { statusCode, body } = JSON.parse(answer);
  assert.equal(statusCode, 200, `the control function finds its table: ${answer}`);
  const { services } = JSON.parse(body) as { services: { service: string }[] };
  assert.deepEqual(
    services.map(({ service }) => service),
    await declaredServices(),
  );
}

async function declaredServices(): Promise<string[]> {
  const { services } = await loadConfig('keelson.config.ts');
  return Object.keys(services).sort();
}

async function verifyApi(url: string): Promise<void> {
  const [apiId] = new URL(url).hostname.split('.');
  const client = new AwsClient({
    accessKeyId: variable('AWS_ACCESS_KEY_ID'),
    secretAccessKey: variable('AWS_SECRET_ACCESS_KEY'),
    service: 'apigateway',
    region: variable('AWS_REGION'),
  });
  const answer = await client.fetch(`${variable('AWS_ENDPOINT_URL')}/v2/apis/${apiId}/routes`);
  const { items } = (await answer.json()) as { items: { routeKey: string; authorizationType: string }[] };
  const expected = [
    ...CONTROL_ROUTES,
    FALLBACK_ROUTE,
    ...POOL_ROUTES,
    ...(await declaredServices()).flatMap(inferenceRoutesOf),
  ];
  assert.deepEqual(items.map(({ routeKey }) => routeKey).sort(), expected.sort(), 'the API has every route');
  assert.ok(
    items.every(({ authorizationType }) => authorizationType === 'AWS_IAM'),
    'every route asks for IAM',
  );
}

async function verify(outputs: Outputs): Promise<void> {
  const output = (name: string): string => {
    const value = outputs[name];
    assert.ok(value, `the stack has the output ${name}; it has ${Object.keys(outputs).join(', ')}`);
    return value;
  };
  const { services, pool, control } = await loadConfig('keelson.config.ts');
  await verifyBucket(output('ArtifactBucketName'));
  await verifyTable(output('RegistryTableName'));
  await verifyFunction(output('ControlFunctionName'), control.memoryMiB);
  await verifyFunction(output('PoolFunctionName'), pool.memoryMiB);
  for (const [name, { memoryMiB }] of Object.entries(services)) {
    const key = Object.keys(outputs).find((candidate) => candidate.startsWith(`Services${name}FunctionName`));
    await verifyFunction(output(key ?? `Services${name}FunctionName`), memoryMiB);
  }
  await verifyApi(output('ApiUrl'));
  await verifyControlAnswers(output('ControlFunctionName'));
}

const { Keelson: outputs = {} } = JSON.parse(await readFile(variable('DEPLOY_OUTPUTS'), 'utf8')) as {
  Keelson?: Outputs;
};
await verify(outputs);
console.log('bucket, table, functions and API are what the app asks for; the control function answers');
