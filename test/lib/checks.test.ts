import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { CfnNatGateway } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it, vi } from 'vitest';
import config from '../../keelson.config.ts';
import { hourlyPrices } from '../../lib/checks/hourly-prices.ts';
import { type Auth, parseConfig } from '../../lib/config.ts';
import { KeelsonStack } from '../../lib/stacks/keelson-stack.ts';
import { bundle } from '../../scripts/bundle.ts';
import { newApp, readTemplate, resourcesOf, synthesize, temporaryFolder } from './synthesize.ts';

/** Rules that a synth broke, and where, as the validation report has them. */
function brokenRules(outdir: string): [rule: string, path: string][] {
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[] }[];
  };
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }): [string, string] => [ruleName, constructPath]),
    ),
  );
}

describe('the checks of a synth', () => {
  it('find nothing in the app that is deployed', async () => {
    expect(brokenRules(await synthesize(config))).toEqual([]);
  });

  it.each<{ auth: Auth }>([
    { auth: { kind: 'none', reason: 'Demonstration without data.' } },
    { auth: { kind: 'jwt', issuer: 'https://login.example.com', audience: ['models'] } },
  ])('find nothing with $auth.kind authorization', async ({ auth }) => {
    expect(brokenRules(await synthesize({ ...config, auth }))).toEqual([]);
  });

  it('fail a planted NAT gateway, naming it', async () => {
    await bundle();
    const outdir = temporaryFolder();
    const app = newApp(outdir);
    const stack = new KeelsonStack(app, 'Keelson', { config: parseConfig(config) });
    new CfnNatGateway(stack, 'Planted', { subnetId: 'subnet-12345678' });
    expect(() => app.synth()).toThrow(/AWS::EC2::NatGateway has an hourly price: a NAT gateway/);
    expect(brokenRules(outdir)).toEqual([['Keelson-NoHourlyPrice', 'Keelson/Planted']]);
  });

  it('let instances pass that were chosen for a service, published so that they can be called', async () => {
    const capacityProviderArn = 'arn:aws:lambda:eu-central-1:123456789012:capacity-provider:models';
    const folder = await synthesize({
      services: { fraud: { memoryMiB: 2048, managedInstances: { capacityProviderArn } } },
    });
    expect(brokenRules(folder)).toEqual([]);
    const managed = resourcesOf(readTemplate(folder), 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties['CapacityProviderConfig'] !== undefined,
    );
    expect(managed.map(([, { Properties }]) => Properties)).toMatchObject([
      {
        PublishToLatestPublished: true,
        CapacityProviderConfig: {
          LambdaManagedInstancesCapacityProviderConfig: {
            CapacityProviderArn: capacityProviderArn,
            PerExecutionEnvironmentMaxConcurrency: 64,
            ExecutionEnvironmentMemoryGiBPerVCpu: 2,
          },
        },
      },
    ]);
  });

  it("fail what AWS advises against: cdk-nag's rules do run", () => {
    const outdir = temporaryFolder();
    const app = newApp(outdir);
    new Bucket(new Stack(app, 'Keelson'), 'Planted');
    expect(() => app.synth()).toThrow(/server access logs disabled/);
    expect(
      brokenRules(outdir)
        .map(([rule]) => rule)
        .sort(),
    ).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10']);
  });

  it('warn of reserved concurrency that refuses every request', async () => {
    const printed = vi.spyOn(console, 'error').mockReturnValue();
    await synthesize({ services: { fraud: { reservedConcurrency: 0 } } });
    expect(String(printed.mock.calls)).toContain('fraud.reservedConcurrency is 0: the function refuses every request');
  });
});

describe('hourly prices', () => {
  const pricesOf = (Type: string, Properties: Record<string, unknown> = {}) =>
    hourlyPrices({ Resources: { It: { Type, Properties } } }).map(({ logicalId, type }) => [logicalId, type]);

  it.each([
    ['AWS::EC2::NatGateway', {}],
    ['AWS::EC2::Instance', {}],
    ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }],
    ['AWS::AutoScaling::AutoScalingGroup', { MinSize: '1' }],
    ['AWS::ElasticLoadBalancingV2::LoadBalancer', {}],
    ['AWS::RDS::DBInstance', {}],
    ['AWS::ElastiCache::ReplicationGroup', {}],
    ['AWS::OpenSearchService::Domain', {}],
    ['AWS::OpenSearchServerless::Collection', {}],
    ['AWS::Kinesis::Stream', { ShardCount: 1 }],
    ['AWS::Kinesis::Stream', { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }],
    ['AWS::DynamoDB::Table', { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }],
    ['AWS::DynamoDB::GlobalTable', { BillingMode: 'PROVISIONED' }],
    ['AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } }],
    ['AWS::Lambda::Version', { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } }],
    ['AWS::Lambda::CapacityProvider', {}],
    ['AWS::Lambda::Function', { CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: {} } }],
    ['AWS::Lambda::EventSourceMapping', { ProvisionedPollerConfig: { MinimumPollers: 1 } }],
    ['AWS::ApiGateway::Stage', { CacheClusterEnabled: true }],
    [
      'AWS::SageMaker::EndpointConfig',
      { ProductionVariants: [{ InstanceType: 'ml.m5.large', InitialInstanceCount: 1 }] },
    ],
    ['AWS::SageMaker::EndpointConfig', { ProductionVariants: [{ ServerlessConfig: { ProvisionedConcurrency: 1 } }] }],
    [
      'AWS::SageMaker::EndpointConfig',
      { ProductionVariants: [{ ServerlessConfig: {} }], ShadowProductionVariants: [{ InstanceType: 'ml.m5.large' }] },
    ],
    ['AWS::SageMaker::NotebookInstance', {}],
    ['AWS::KMS::Key', {}],
  ])('are found on %s %j', (type, properties) => {
    expect(pricesOf(type, properties)).toEqual([['It', type]]);
  });

  it.each([
    ['AWS::S3::Bucket', {}],
    ['AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' }],
    ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }],
    ['AWS::AutoScaling::AutoScalingGroup', { MinSize: '0' }],
    ['AWS::Lambda::Function', { ReservedConcurrentExecutions: 5 }],
    ['AWS::Lambda::Alias', {}],
    ['AWS::ApiGateway::Stage', { CacheClusterEnabled: false }],
    ['AWS::SageMaker::EndpointConfig', { ProductionVariants: [{ ServerlessConfig: { MaxConcurrency: 5 } }] }],
  ])('are not found on %s %j', (type, properties) => {
    expect(pricesOf(type, properties)).toEqual([]);
  });

  it('are not found in a template without resources', () => {
    expect(hourlyPrices({})).toEqual([]);
  });
});

const hasCfnLint = spawnSync('cfn-lint', ['--version']).status === 0;

describe('cfn-lint', () => {
  it.skipIf(!hasCfnLint)(
    `finds nothing in the template${hasCfnLint ? '' : ' (skipped: cfn-lint is not installed here)'}`,
    async () => {
      const outdir = await synthesize(config);
      // W3005: CDK lets a function depend on its role and its policy together, and the role follows from a property already.
      const { stdout, status } = spawnSync(
        'cfn-lint',
        ['--ignore-checks', 'W3005', '--', join(outdir, 'Keelson.template.json')],
        {
          encoding: 'utf8',
        },
      );
      expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    },
  );
});
