import { App, Duration, Size, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { beforeAll, describe, expect, it } from 'vitest';
import { inferenceRoutesOf } from '../../core/contracts/routes.ts';
import { ArtifactBucket, KeelsonPlatform, ModelService } from '../../lib/index.ts';
import { bundle } from '../../scripts/bundle.ts';
import { newApp, readTemplate, resourcesOf, temporaryFolder } from './synthesize.ts';

beforeAll(async () => {
  await bundle();
});

const PROVIDER = 'arn:aws:lambda:eu-central-1:123456789012:capacity-provider:models';

const newPlatform = () => {
  const stack = new Stack(new App(), 'Shop');
  return { stack, platform: new KeelsonPlatform(stack, 'Models') };
};

describe('a service in an app of its own', () => {
  it.each([
    { props: { memory: Size.mebibytes(511) }, message: /Fraud\/Function: 'memory' must be 512 to 10240 MiB, got 511/ },
    { props: { memory: Size.gibibytes(11) }, message: /'memory' must be 512 to 10240 MiB, got 11264/ },
    { props: { timeout: Duration.seconds(30) }, message: /'timeout' must be 1 to 29 seconds, got 30/ },
    { props: { reservedConcurrency: 1.5 }, message: /'reservedConcurrency' must be a whole number from 0, got 1.5/ },
    { props: { description: 'x'.repeat(257) }, message: /'description' must have at most 256 characters, got 257/ },
    {
      props: { managedInstances: { capacityProviderArn: PROVIDER } },
      message: /managedInstances need at least 2048 MiB.*got 1024/,
    },
    {
      props: { memory: Size.gibibytes(2), managedInstances: { capacityProviderArn: 'models' } },
      message: /capacityProviderArn must be the ARN of a Lambda capacity provider, got "models"/,
    },
    {
      props: { memory: Size.gibibytes(2), managedInstances: { capacityProviderArn: PROVIDER, maxConcurrency: 0 } },
      message: /maxConcurrency must be a whole number of requests from 1 to 1600, got 0/,
    },
    {
      props: { memory: Size.gibibytes(2), managedInstances: { capacityProviderArn: PROVIDER, memoryGiBPerVCpu: 3 } },
      message: /memoryGiBPerVCpu must be one of 2, 4, 8 GiB, got 3/,
    },
    { props: { serviceName: 'fraud model' }, message: /'serviceName' must be 1 to 63 letters.*got "fraud model"/ },
  ])('fails for $props', ({ props, message }) => {
    const { stack, platform } = newPlatform();
    expect(() => new ModelService(stack, 'Fraud', { platform, serviceName: 'fraud', ...props })).toThrow(message);
  });

  it('fails for a name that the platform serves already, whatever its case', () => {
    const { stack, platform } = newPlatform();
    new ModelService(stack, 'One', { platform, serviceName: 'fraud' });
    expect(() => new ModelService(stack, 'Two', { platform, serviceName: 'Fraud' })).toThrow(
      /must be unique on its platform whatever its case, got "Fraud" beside "fraud"; rename one/,
    );
  });

  it('fails when nothing has been bundled, saying what makes the bundle', () => {
    const stack = new Stack(new App(), 'Shop');
    expect(() => new KeelsonPlatform(stack, 'Models', { bundleFolder: '/nowhere' })).toThrow(
      /there is no \/nowhere\/.*; 'npm run bundle' makes it, or pass the 'bundleFolder'/,
    );
  });

  it('lets one caller call that service only', () => {
    const { stack, platform } = newPlatform();
    const fraud = new ModelService(stack, 'Fraud', { platform, serviceName: 'fraud' });
    const caller = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    fraud.grantInvoke(caller);
    const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
    const paths = Object.entries(policies)
      .filter(([id]) => id.startsWith('Caller'))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .flatMap(({ Resource }) => Resource)
      .map((arn) => arn['Fn::Join'][1].at(-1));
    expect(paths.sort()).toEqual([
      '/*/GET/v1/models/fraud',
      '/*/GET/v1/models/fraud/*',
      '/*/GET/v2/models/fraud',
      '/*/GET/v2/models/fraud/*',
      '/*/POST/endpoints/fraud/invocations',
      '/*/POST/models/fraud/invocations',
      '/*/POST/v1/models/fraud/versions/*',
      '/*/POST/v1/models/fraud:predict',
      '/*/POST/v2/models/fraud/infer',
      '/*/POST/v2/models/fraud/versions/*',
      '/*/POST/v2/repository/models/fraud/*',
    ]);
  });

  it('fails to grant a call where callers are not asked for IAM', () => {
    const stack = new Stack(new App(), 'Shop');
    const platform = new KeelsonPlatform(stack, 'Models', { auth: { kind: 'none', reason: 'a test' } });
    const fraud = new ModelService(stack, 'Fraud', { platform, serviceName: 'fraud' });
    const caller = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    expect(() => fraud.grantInvoke(caller)).toThrow(/IAM/);
  });

  it('may belong to another stack than its platform, which then depends on nothing of it', () => {
    const outdir = temporaryFolder();
    const app = new App({ outdir });
    const platform = new KeelsonPlatform(new Stack(app, 'Shared'), 'Models');
    new ModelService(new Stack(app, 'Team'), 'Fraud', { platform, serviceName: 'fraud' });
    app.synth();
    expect(resourcesOf(readTemplate(outdir, 'Team'), 'AWS::ApiGatewayV2::Route')).toHaveLength(
      inferenceRoutesOf('fraud').length,
    );
    expect(resourcesOf(readTemplate(outdir, 'Shared'), 'AWS::Lambda::Function')).toHaveLength(3);
  });
});

describe('the artifact bucket', () => {
  it('logs its accesses where there is a bucket for that, and passes the checks without an acknowledgement', () => {
    const app = newApp();
    const stack = new Stack(app, 'Keelson');
    const accessLogBucket = new Bucket(stack, 'Logs', { enforceSSL: true, versioned: true });
    Validations.of(accessLogBucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'It is the log.' });
    new ArtifactBucket(stack, 'Artifacts', { accessLogBucket: accessLogBucket as IBucket });
    const buckets = resourcesOf(readTemplate(app.synth().directory), 'AWS::S3::Bucket');
    expect(buckets.map(([, { Properties }]) => Properties['LoggingConfiguration'])).toEqual([
      undefined,
      { DestinationBucketName: { Ref: 'Logs6819BB44' } },
    ]);
  });
});
