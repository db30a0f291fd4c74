import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { AdmitEnvironment, ControlEnvironment, InferEnvironment } from '../../core/contracts/environment.ts';
import { CONTROL_ROUTES, FALLBACK_ROUTE, inferenceRoutesOf, POOL_ROUTES } from '../../core/contracts/routes.ts';
import { MAX_DECLARED_SERVICES } from '../../lib/config.ts';
import {
  propertiesOfThe,
  readTemplate,
  resourcesOf,
  synthesize,
  synthesizeTemplate,
  type Template,
} from './synthesize.ts';

const CONFIG = {
  services: {
    fraud: {
      memoryMiB: 1536,
      timeoutSeconds: 5,
      reservedConcurrency: 20,
      logRetentionDays: 90,
      description: 'Card fraud',
      admission: { maxLatencyMs: 50 },
    },
    'my-model': {},
    my_model: {},
  },
};

const BUCKET = { 'Fn::GetAtt': ['PlatformArtifactsBucketD694CF1A', 'Arn'] };
const TABLE = { 'Fn::GetAtt': ['PlatformRegistryTableC8DC3B2F', 'Arn'] };
const objects = (prefix: string) => ({ 'Fn::Join': ['', [BUCKET, `/${prefix}*`]] });

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Effect: string;
  readonly Condition?: unknown;
}

/** The statements of a function's role, but for the one that lets it write its log. */
function statementsOf(template: Template, owner: string): Statement[] {
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([id]) => id.startsWith(`${owner}Role`));
  return policies
    .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement)
    .filter(({ Action }) => !String(Action).startsWith('logs:'));
}

const functionOf = (template: Template, owner: string) => {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(([id]) =>
    new RegExp(`^${owner}[0-9A-F]{8}$`).test(id),
  );
  return found?.[1].Properties as Record<string, unknown> & { Environment: { Variables: Record<string, unknown> } };
};

/** A template's references as the text that AWS would put there. */
const asDeployed = (variables: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : 'a-physical-name']),
  );

describe('the stack', () => {
  let outdir: string;
  let template: Template;
  beforeAll(async () => {
    outdir = await synthesize(CONFIG);
    template = readTemplate(outdir);
  });

  it('keeps the logical ids of what holds state: another id would be another, empty resource', () => {
    const stateful = Object.entries(template.Resources).filter(([, { Type }]) =>
      ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::DynamoDB::Table'].includes(Type),
    );
    expect(
      stateful.map(([id, { Type, DeletionPolicy, UpdateReplacePolicy }]) => [
        id,
        Type,
        DeletionPolicy,
        UpdateReplacePolicy,
      ]),
    ).toEqual([
      ['PlatformArtifactsBucketD694CF1A', 'AWS::S3::Bucket', 'Retain', 'Retain'],
      ['PlatformRegistryTableC8DC3B2F', 'AWS::DynamoDB::Table', 'Retain', 'Retain'],
    ]);
  });

  it('gives nothing that holds state a name, so that it can be replaced and deployed twice', () => {
    const names = ['BucketName', 'TableName', 'FunctionName', 'RoleName', 'LogGroupName', 'AliasName'];
    const named = Object.entries(template.Resources).filter(
      ([, { Type, Properties }]) =>
        Type !== 'AWS::Lambda::Permission' && names.some((name) => Properties[name] !== undefined),
    );
    expect(named).toEqual([]);
  });

  it('has a versioned bucket that is encrypted, never public, and forgets uploads after a day', () => {
    expect(template.Resources['PlatformArtifactsBucketD694CF1A']?.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LifecycleConfiguration: {
        Rules: [
          {
            Id: 'forget-uploads',
            Prefix: 'uploads/',
            ExpirationInDays: 1,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          },
          { Id: 'forget-delete-markers', Prefix: 'uploads/', ExpiredObjectDeleteMarker: true },
          { Id: 'abort-multipart-uploads', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
    });
  });

  it('encrypts with a key of the configuration, and lets functions use that key as far as they use the objects', async () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-4c3d-8e9f-0a1b2c3d4e5f';
    const withKey = await synthesizeTemplate({ encryptionKeyArn });
    const { BucketEncryption } = propertiesOfThe(withKey, 'AWS::S3::Bucket');
    expect(BucketEncryption).toMatchObject({
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: encryptionKeyArn } },
      ],
    });
    const keyStatement = (owner: string) =>
      statementsOf(withKey, owner).filter(({ Resource }) => Resource === encryptionKeyArn);
    expect(keyStatement('PlatformPool')).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: encryptionKeyArn },
    ]);
    expect(keyStatement('PlatformControl').map(({ Action }) => Action)).toEqual([
      ['kms:Decrypt', 'kms:GenerateDataKey'],
    ]);
  });

  it('refuses plain HTTP, TLS before 1.2, and writing an artifact that exists', () => {
    const { PolicyDocument } = propertiesOfThe(template, 'AWS::S3::BucketPolicy');
    const { Statement } = PolicyDocument as { Statement: Statement[] };
    expect(Statement.map(({ Effect, Action, Condition }) => ({ Effect, Action, Condition }))).toEqual([
      { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Effect: 'Deny', Action: 's3:*', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
      {
        Effect: 'Deny',
        Action: 's3:PutObject',
        Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
      },
    ]);
    expect(Statement[2]?.Resource).toEqual(objects('artifacts/'));
  });

  it('has a table on demand that can be restored, is protected, and lets items expire', () => {
    expect(template.Resources['PlatformRegistryTableC8DC3B2F']?.Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  it('lets a declared service read artifacts and its own registry entries, count its own crashes, and nothing else', () => {
    expect(statementsOf(template, 'ServicesfraudFunction')).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: objects('artifacts/') },
      {
        Effect: 'Allow',
        Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
        Resource: TABLE,
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['SERVICE#fraud'] } },
      },
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        Resource: TABLE,
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['HEALTH#fraud'] } },
      },
    ]);
  });

  it('lets the pool read artifacts and the registry entries of services, count their crashes, and nothing else', () => {
    expect(statementsOf(template, 'PlatformPool')).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: objects('artifacts/') },
      {
        Effect: 'Allow',
        Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
        Resource: TABLE,
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SERVICE#*'] } },
      },
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        Resource: TABLE,
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['HEALTH#*'] } },
      },
    ]);
  });

  it('lets the control function take uploads, store artifacts and write the registry, and nothing else', () => {
    expect(statementsOf(template, 'PlatformControl')).toEqual([
      { Effect: 'Allow', Action: 's3:PutObject', Resource: objects('artifacts/') },
      { Effect: 'Allow', Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], Resource: objects('uploads/') },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: BUCKET,
        Condition: { StringLikeIfExists: { 's3:prefix': 'uploads/*' } },
      },
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: objects('baselines/') },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: BUCKET,
        Condition: { StringLikeIfExists: { 's3:prefix': 'baselines/*' } },
      },
      {
        Effect: 'Allow',
        Action: [
          'dynamodb:BatchGetItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
        ],
        Resource: TABLE,
      },
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^PlatformAdmission/), 'Arn'] },
      },
    ]);
  });

  it('lets the function that admits models read artifacts and uploads and write baselines, and nothing else', () => {
    expect(statementsOf(template, 'PlatformAdmission')).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: [objects('artifacts/'), objects('uploads/')] },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: objects('baselines/') },
    ]);
  });

  it('gives no role an action or a resource of all, nor a managed policy', () => {
    const statements = resourcesOf(template, 'AWS::IAM::Policy').flatMap(
      ([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement,
    );
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    expect(statements.flatMap(({ Resource }) => Resource).filter((resource) => resource === '*')).toEqual([]);
    const roles = resourcesOf(template, 'AWS::IAM::Role');
    expect(roles.filter(([, { Properties }]) => Properties['ManagedPolicyArns'] || Properties['Policies'])).toEqual([]);
  });

  it('asks callers for IAM on every route there is', () => {
    const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
    const expected = [
      ...CONTROL_ROUTES,
      FALLBACK_ROUTE,
      ...POOL_ROUTES,
      ...Object.keys(CONFIG.services).flatMap(inferenceRoutesOf),
    ];
    expect(routes.map(({ RouteKey }) => RouteKey)).toEqual(expected);
    expect(new Set(routes.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['AWS_IAM']));
  });

  it('sends each route to the function that answers it', () => {
    const integrations = Object.fromEntries(
      resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
        id,
        (Properties['IntegrationUri'] as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0],
      ]),
    );
    const functions = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
      const [, [, { Ref }]] = (Properties['Target'] as { 'Fn::Join': [string, [string, { Ref: string }]] })['Fn::Join'];
      return [Properties['RouteKey'], integrations[Ref]?.slice(0, -8)];
    });
    const answers = (owner: string, routes: readonly string[]) => routes.map((route) => [route, owner]);
    expect(functions).toEqual([
      ...answers('PlatformControl', [...CONTROL_ROUTES, FALLBACK_ROUTE]),
      ...answers('PlatformPool', POOL_ROUTES),
      ...answers('ServicesfraudFunction', inferenceRoutesOf('fraud')),
      ...answers('ServicesmymodelFunction', [...inferenceRoutesOf('my-model'), ...inferenceRoutesOf('my_model')]),
    ]);
  });

  it('logs requests without addresses, identities or payloads, and keeps every log for a stated time', () => {
    const { AccessLogSettings } = propertiesOfThe(template, 'AWS::ApiGatewayV2::Stage');
    const { Format } = AccessLogSettings as { Format: string };
    expect(
      Object.values(JSON.parse(Format)).filter((field) => /identity|sourceIp|userAgent|body/i.test(String(field))),
    ).toEqual([]);
    const logs = resourcesOf(template, 'AWS::Logs::LogGroup');
    expect(logs.map(([id, { Properties }]) => [id.slice(0, -8), Properties['RetentionInDays']])).toEqual([
      ['PlatformGatewayAccessLog', 30],
      ['PlatformAdmissionLog', 30],
      ['PlatformControlLog', 30],
      ['PlatformPoolLog', 30],
      ['ServicesfraudFunctionLog', 90],
      ['ServicesmymodelFunctionLog', 30],
      ['ServicesmymodelFunctionLog', 30],
    ]);
  });

  it('gives a function what its service asks for', () => {
    expect(functionOf(template, 'ServicesfraudFunction')).toMatchObject({
      Description: 'Card fraud',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 1536,
      Timeout: 5,
      ReservedConcurrentExecutions: 20,
      Layers: [{ Ref: expect.stringMatching(/^PlatformRuntimeLayer/) }],
    });
  });

  it('reserves no concurrency that nobody asked for', () => {
    expect(functionOf(template, 'PlatformPool')).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('writes exactly the variables that the inference functions read, and 40 % of the memory for models', () => {
    for (const [owner, cacheMiB] of [
      ['PlatformPool', 819],
      ['ServicesfraudFunction', 614],
    ] as const) {
      const { Variables } = functionOf(template, owner).Environment;
      expect(Object.keys(Variables).sort()).toEqual(Object.keys(InferEnvironment.shape).sort());
      expect(InferEnvironment.parse(asDeployed(Variables))).toMatchObject({ MODEL_CACHE_MIB: cacheMiB });
    }
  });

  it('writes exactly the variables that the control function reads, with the declared services in order', () => {
    const { Variables } = functionOf(template, 'PlatformControl').Environment;
    expect(Object.keys(Variables).sort()).toEqual(Object.keys(ControlEnvironment.shape).sort());
    const { DECLARED_SERVICES, POOL_BUDGET } = ControlEnvironment.parse(asDeployed(Variables));
    expect([...DECLARED_SERVICES]).toEqual([
      ['fraud', { memoryMiB: 768, loadMs: 2_500, latencyMs: 50 }],
      ['my-model', { memoryMiB: 512, loadMs: 5_000, latencyMs: 5_000 }],
      ['my_model', { memoryMiB: 512, loadMs: 5_000, latencyMs: 5_000 }],
    ]);
    expect(POOL_BUDGET).toEqual({ memoryMiB: 1024, loadMs: 5_000, latencyMs: 5_000 });
  });

  it('admits models with one whole processor, and time that the control function has', () => {
    const { MemorySize, Timeout, Environment } = functionOf(template, 'PlatformAdmission');
    expect({ MemorySize, Timeout }).toEqual({ MemorySize: 1769, Timeout: 23 });
    expect(Object.keys(Environment.Variables).sort()).toEqual(Object.keys(AdmitEnvironment.shape).sort());
  });

  it('tells where the API, the bucket, the table and every function are', () => {
    expect(
      Object.keys(template.Outputs)
        .map((id) => id.replace(/[0-9A-F]{8}$/, ''))
        .sort(),
    ).toEqual([
      'ApiUrl',
      'ArtifactBucketName',
      'ControlFunctionName',
      'PoolFunctionName',
      'RegistryTableName',
      'ServicesfraudFunctionName',
      'ServicesmymodelFunctionName',
      'ServicesmymodelFunctionName',
    ]);
  });

  it('is the same each time it is synthesized, assets and all', async () => {
    const again = await synthesize(CONFIG);
    for (const file of ['Keelson.template.json', 'Keelson.assets.json', 'manifest.json']) {
      expect(readFileSync(join(again, file), 'utf8')).toBe(readFileSync(join(outdir, file), 'utf8'));
    }
  });
});

describe('the configuration', () => {
  it('can choose x86: every function, the layer and the library in it', async () => {
    const outdir = await synthesize({ architecture: 'x86_64' });
    const template = readTemplate(outdir);
    const functions = resourcesOf(template, 'AWS::Lambda::Function');
    expect(functions.map(([, { Properties }]) => Properties['Architectures'])).toEqual([
      ['x86_64'],
      ['x86_64'],
      ['x86_64'],
    ]);
    const layer = propertiesOfThe(template, 'AWS::Lambda::LayerVersion');
    expect(layer).toMatchObject({
      CompatibleArchitectures: ['x86_64'],
      CompatibleRuntimes: ['nodejs24.x'],
    });
    const { S3Key } = layer['Content'] as { S3Key: string };
    const asset = join(outdir, `asset.${S3Key.replace('.zip', '')}`);
    const library = 'nodejs/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1';
    expect(readFileSync(join(asset, library)).subarray(1, 4).toString()).toBe('ELF');
  });

  it('gives the function that admits models what the largest budget needs, and no more than there is', async () => {
    const memoryFor = async (config: object) =>
      functionOf(await synthesizeTemplate(config), 'PlatformAdmission')['MemorySize'];
    expect(await memoryFor({ services: { large: { memoryMiB: 6_000 } } })).toBe(3_704);
    expect(await memoryFor({ pool: { memoryMiB: 10_240, admission: { maxMemoryMiB: 9_536 } } })).toBe(10_240);
  });

  it('can let holders of a token call', async () => {
    const template = await synthesizeTemplate({
      auth: { kind: 'jwt', issuer: 'https://login.example.com', audience: ['models'] },
    });
    const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
    expect(new Set(routes.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['JWT']));
    expect(propertiesOfThe(template, 'AWS::ApiGatewayV2::Authorizer')).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://login.example.com', Audience: ['models'] },
    });
  });

  it('can let everybody call, with a reason', async () => {
    const template = await synthesizeTemplate({ auth: { kind: 'none', reason: 'Demonstration without data.' } });
    const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
    expect(new Set(routes.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['NONE']));
  });

  it("fits as many services as it allows into the limits of CloudFormation, API Gateway and a function's variables", async () => {
    const services = Object.fromEntries(
      Array.from({ length: MAX_DECLARED_SERVICES }, (_, i) => [
        `service-${i}-${'x'.repeat(52)}`,
        { memoryMiB: 10_240 },
      ]),
    );
    const template = await synthesizeTemplate({ services });
    expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(500);
    expect(resourcesOf(template, 'AWS::ApiGatewayV2::Route').length).toBeLessThanOrEqual(300);
    expect(Object.keys(template.Outputs).length).toBeLessThanOrEqual(200);
    // Lambda takes 4 KB; a reference becomes a name of at most 64 characters.
    const variables = resourcesOf(template, 'AWS::Lambda::Function')
      .map(([, { Properties }]) => (Properties['Environment'] as { Variables: Record<string, unknown> }).Variables)
      .find((candidate) => 'DECLARED_SERVICES' in candidate);
    const bytes = Object.entries(variables ?? {}).map(
      ([name, value]) => name.length + (typeof value === 'string' ? value.length : 64),
    );
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(4_096);
  });
});
