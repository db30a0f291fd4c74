import { beforeAll, describe, expect, it } from 'vitest';
import { InferEnvironment } from '../../core/contracts/environment.ts';
import { MAX_DECLARED_SERVICES, parseConfig } from '../../lib/config.ts';
import { resourcesOf, synthesizeTemplate, type Template } from './synthesize.ts';

const CONFIG = {
  services: {
    fraud: { capture: { samplingRate: 0.3, hash: ['card'], drop: ['name'], subject: 'customer', waitMs: 0 } },
    digits: { capture: {} },
    silent: {},
  },
  captureRetentionDays: 30,
};

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const statementsOf = (template: Template, owner: string): Statement[] =>
  resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith(`${owner}Role`))
    .flatMap(([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);

const variablesOf = (template: Template, owner: string) => {
  const found = resourcesOf(template, 'AWS::Lambda::Function').filter(([id]) => id.startsWith(owner));
  const [variables] = found.map(
    ([, { Properties }]) => Properties['Environment'] as { Variables: Record<string, unknown> },
  );
  return variables?.Variables ?? {};
};

const bucketIn = (template: Template) =>
  resourcesOf(template, 'AWS::S3::Bucket').find(([id]) => id.startsWith('PlatformCaptures'));

describe('captures in the stack', () => {
  let template: Template;
  let streams: Record<string, Readonly<Record<string, unknown>>>;
  beforeAll(async () => {
    template = await synthesizeTemplate(CONFIG);
    streams = Object.fromEntries(
      resourcesOf(template, 'AWS::KinesisFirehose::DeliveryStream').map(([id, { Properties }]) => [
        id.slice(0, -8),
        Properties,
      ]),
    );
  });

  it('are a stream for each service that is captured, which writes by service and hour', () => {
    expect(Object.keys(streams)).toEqual(['ServicesfraudCaptures', 'ServicesdigitsCaptures']);
    const [bucketId] = bucketIn(template) ?? [];
    expect(streams['ServicesfraudCaptures']).toMatchObject({
      DeliveryStreamType: 'DirectPut',
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
      ExtendedS3DestinationConfiguration: {
        BucketARN: { 'Fn::GetAtt': [bucketId, 'Arn'] },
        Prefix: 'captures/fraud/!{timestamp:yyyy/MM/dd/HH}/',
        ErrorOutputPrefix: 'capture-errors/fraud/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
        FileExtension: '.jsonl',
        CompressionFormat: 'UNCOMPRESSED',
        CloudWatchLoggingOptions: { Enabled: true },
      },
    });
  });

  it('lie in a bucket of their own: kept when the stack goes, forgotten after their time, erasable for good', () => {
    const [id, bucket] = bucketIn(template) ?? [];
    // Pinned: another id would be another, empty bucket.
    expect(id).toBe('PlatformCapturesBucketBB7A017D');
    expect(bucket).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(bucket?.Properties['VersioningConfiguration']).toBeUndefined();
    expect(bucket?.Properties['LifecycleConfiguration']).toEqual({
      Rules: [
        {
          Id: 'forget-captures',
          Status: 'Enabled',
          ExpirationInDays: 30,
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    });
    expect(bucket?.Properties['PublicAccessBlockConfiguration']).toMatchObject({ BlockPublicPolicy: true });
  });

  it('let a function put records into its own stream, and make the key of its own hashes, and nothing more', () => {
    const streamOf = (owner: string) => {
      const [id] = resourcesOf(template, 'AWS::KinesisFirehose::DeliveryStream').find(([each]) =>
        each.startsWith(owner),
      ) ?? [''];
      return { 'Fn::GetAtt': [id, 'Arn'] };
    };
    const fraud = statementsOf(template, 'ServicesfraudFunction');
    expect(fraud.filter(({ Action }) => String(Action).includes('firehose'))).toEqual([
      { Effect: 'Allow', Action: 'firehose:PutRecordBatch', Resource: streamOf('Servicesfraud') },
    ]);
    // Beside the count of its own crashes, which every inference function keeps, and what it tells of its own captures.
    const writes = (owner: string, partition: string) =>
      statementsOf(template, owner).filter(
        ({ Action, Condition }) =>
          String(Action).includes('PutItem') &&
          ![`HEALTH#${partition}`, `RECENT#${partition}`].some((own) => JSON.stringify(Condition).includes(`"${own}"`)),
      );
    expect(writes('ServicesfraudFunction', 'fraud')).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        Resource: expect.anything(),
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['CAPTURE#fraud'] } },
      },
    ]);
    // Nothing is hashed for digits, and silent is not captured.
    const others = ['ServicesdigitsFunction', 'ServicessilentFunction', 'PlatformPool'];
    const actions = others.map((owner) => statementsOf(template, owner).flatMap(({ Action }) => Action));
    const written = [
      writes(others[0] ?? '', 'digits'),
      writes(others[1] ?? '', 'silent'),
      writes(others[2] ?? '', '*'),
    ];
    expect(written).toEqual([[], [], []]);
    expect(actions.map((each) => each.includes('firehose:PutRecordBatch'))).toEqual([true, false, false]);
  });

  it('let a function tell of its own captures that are on their way, and neither read nor write what is known of predictions', () => {
    const onTable = (owner: string, what: RegExp) =>
      statementsOf(template, owner).filter(({ Condition }) => what.test(JSON.stringify(Condition) ?? ''));
    expect(onTable('ServicesfraudFunction', /RECENT#/)).toEqual([
      {
        Effect: 'Allow',
        Action: 'dynamodb:PutItem',
        Resource: expect.anything(),
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['RECENT#fraud'] } },
      },
    ]);
    expect(onTable('ServicesfraudFunction', /PREDICTION#|LABEL/)).toEqual([]);
    expect(onTable('ServicessilentFunction', /RECENT#/)).toEqual([]);
  });

  it('are taken in as S3 tells of them, by a function that reads captures, adds predictions, counts and baselines, and nothing more', () => {
    const [bucketId, bucket] = bucketIn(template) ?? [];
    expect(bucket?.Properties['NotificationConfiguration']).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    const [functionId = ''] =
      resourcesOf(template, 'AWS::Lambda::Function').find(([id]) => id.startsWith('PlatformIntake')) ?? [];
    const rules = resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
    expect(rules).toEqual([
      expect.objectContaining({
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { bucket: { name: [{ Ref: bucketId }] }, object: { key: [{ prefix: 'captures/' }] } },
        },
        Targets: [expect.objectContaining({ Arn: { 'Fn::GetAtt': [functionId, 'Arn'] } })],
      }),
    ]);
    const statements = statementsOf(template, 'PlatformIntake');
    const writes = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => !/:(Get|BatchGet|List|Query)/.test(action));
    expect(writes.sort()).toEqual([
      'dynamodb:BatchWriteItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:PutObject',
    ]);
    const written = statements.filter(({ Action }) => [Action].flat().includes('s3:PutObject'));
    const places = written.flatMap(({ Resource }) =>
      [...JSON.stringify(Resource).matchAll(/\/([a-z]+)\/\*/g)].map(([, place]) => place),
    );
    expect(new Set(places)).toEqual(new Set(['counts', 'baselines']));
    const leading = statements.filter(({ Action }) => Action.includes('dynamodb:PutItem'));
    expect(leading.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['BASELINES#*'] } },
    ]);
    expect(statements.find(({ Action }) => Action === 'dynamodb:UpdateItem')?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['REOPENED#*'] },
    });
    expect(statements.find(({ Action }) => Action === 'dynamodb:BatchWriteItem')?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['PREDICTION#*#*'] },
    });
  });

  it('let Firehose write below its prefixes alone, for this account alone', () => {
    const statements = statementsOf(template, 'PlatformCapturesDelivery');
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'logs:PutLogEvents',
      's3:AbortMultipartUpload',
      's3:GetBucketLocation',
      's3:ListBucket',
      's3:ListBucketMultipartUploads',
      's3:PutObject',
    ]);
    const role = resourcesOf(template, 'AWS::IAM::Role').find(([id]) => id.startsWith('PlatformCaptures'));
    expect(role?.[1].Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }],
    });
  });

  it('tell the control function of which services labels can be compared', () => {
    expect(variablesOf(template, 'PlatformControl')['CAPTURED_SERVICES']).toBe('fraud,digits');
  });

  it('tell the function what to capture, and hold no secret', () => {
    const { CAPTURE_OPTIONS, CAPTURE_STREAM } = variablesOf(template, 'ServicesfraudFunction');
    const stream = { Ref: expect.stringMatching(/^ServicesfraudCaptures/) };
    expect(CAPTURE_STREAM).toEqual(stream);
    const capture = { samplingRate: 0.3, hash: ['card'], drop: ['name'], subject: 'customer', waitMs: 0 };
    expect(InferEnvironment.shape.CAPTURE_OPTIONS.parse(CAPTURE_OPTIONS)).toEqual({ service: 'fraud', ...capture });
    expect(variablesOf(template, 'ServicessilentFunction')).toMatchObject({ CAPTURE_OPTIONS: '', CAPTURE_STREAM: '' });
    expect(InferEnvironment.shape.CAPTURE_OPTIONS.parse('')).toBeUndefined();
  });

  it('are absent, bucket and all, where no service is captured', async () => {
    const without = await synthesizeTemplate({ services: { silent: {} } });
    expect(resourcesOf(without, 'AWS::KinesisFirehose::DeliveryStream')).toEqual([]);
    expect(Object.keys(without.Resources).filter((id) => id.includes('Captures'))).toEqual([]);
  });

  it('use the key of the configuration, which Firehose is then granted', async () => {
    const encryptionKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-4c3d-8e9f-0a1b2c3d4e5f';
    const withKey = await synthesizeTemplate({ services: { fraud: { capture: {} } }, encryptionKeyArn });
    expect(JSON.stringify(bucketIn(withKey)?.[1].Properties['BucketEncryption'])).toContain(encryptionKeyArn);
    expect(statementsOf(withKey, 'PlatformCapturesDelivery')).toContainEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: encryptionKeyArn,
    });
  });

  it('fit for as many services as one stack takes', async () => {
    const names = Array.from({ length: MAX_DECLARED_SERVICES }, (_, i) => [
      `service-${i}`,
      { capture: { hash: ['x'] } },
    ]);
    const full = await synthesizeTemplate({ services: Object.fromEntries(names) });
    expect(Object.keys(full.Resources).length).toBeLessThanOrEqual(500);
  });

  it('wait for the role: Firehose tries it when a stream is made', () => {
    const [, stream] = resourcesOf(template, 'AWS::KinesisFirehose::DeliveryStream')[0] ?? [];
    const { DependsOn } = stream as unknown as { DependsOn: string[] };
    expect(DependsOn.some((id) => id.startsWith('PlatformCapturesDeliveryRoleDefaultPolicy'))).toBe(true);
  });

  it('log what could not be delivered', () => {
    expect(
      resourcesOf(template, 'AWS::Logs::LogStream').map(([, { Properties }]) => Properties['LogStreamName']),
    ).toEqual(['delivery']);
  });
});

describe('the configuration of captures', () => {
  it('captures everything and hashes nothing where it says no more', () => {
    const { services } = parseConfig({ services: { fraud: { capture: {} } } });
    expect(services['fraud']?.capture).toEqual({ samplingRate: 1, hash: [], drop: [], waitMs: 20 });
  });

  it('takes a rate of 0', () => {
    const { services } = parseConfig({ services: { fraud: { capture: { samplingRate: 0 } } } });
    expect(services['fraud']?.capture?.samplingRate).toBe(0);
  });

  it.each([
    [
      'a rate above 1',
      { samplingRate: 30 },
      'services.fraud.capture.samplingRate: must be a number from 0 to 1, got 30',
    ],
    ['a rate that is text', { samplingRate: '0.3' }, 'got "0.3"'],
    [
      'a single name',
      { hash: 'card' },
      'must be a list of at most 100 names of inputs, outputs or features, got "card"',
    ],
    [
      'a name that is hashed and dropped',
      { hash: ['card'], drop: ['card'] },
      '"card" cannot be both hashed and dropped',
    ],
    ['an option that there is not', { sampling: 1 }, 'unknown option "sampling"'],
    ['a wait of minutes', { waitMs: 60_000 }, 'must be a whole number of milliseconds from 0 to 1000, got 60000'],
  ])('fails for %s', (_, capture, message) => {
    expect(() => parseConfig({ services: { fraud: { capture } } })).toThrow(message);
  });
});
