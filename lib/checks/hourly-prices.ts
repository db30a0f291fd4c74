import { readFileSync } from 'node:fs';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib';

/** What of a CloudFormation template is read here. */
export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
}
interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface HourlyPrice {
  readonly logicalId: string;
  readonly type: string;
  /** What is paid for by the hour. */
  readonly what: string;
}

type Properties = Readonly<Record<string, unknown>>;
type Rule = (properties: Properties) => string | undefined;

/** Types, or with `::` at the end whole services, that cost something every hour whether they are used or not. */
const ALWAYS: Readonly<Record<string, string>> = {
  'AWS::AmazonMQ::Broker': 'a message broker',
  'AWS::ApiGateway::VpcLink': 'the load balancer behind a VPC link',
  'AWS::AppRunner::Service': 'an App Runner service keeps provisioned memory',
  'AWS::CloudHSM::': 'a hardware security module',
  'AWS::DAX::': 'a DAX cluster',
  'AWS::DMS::ReplicationInstance': 'a replication instance',
  'AWS::DocDB::': 'a DocumentDB cluster',
  'AWS::EC2::ClientVpnEndpoint': 'a client VPN endpoint',
  'AWS::EC2::EC2Fleet': 'a fleet of instances',
  'AWS::EC2::EIP': 'a public IPv4 address',
  'AWS::EC2::Instance': 'an instance',
  'AWS::EC2::NatGateway': 'a NAT gateway',
  'AWS::EC2::SpotFleet': 'a fleet of instances',
  'AWS::EC2::TransitGateway': 'a transit gateway',
  'AWS::EC2::VPNConnection': 'a VPN connection',
  'AWS::EC2::Volume': 'a block volume',
  'AWS::ECS::Service': 'containers that are always running',
  'AWS::EFS::MountTarget': 'a mounted file system',
  'AWS::EKS::': 'a Kubernetes cluster',
  'AWS::ElastiCache::': 'a cache',
  'AWS::ElasticLoadBalancing::': 'a load balancer',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'a load balancer',
  'AWS::ElasticBeanstalk::Environment': 'instances of an Elastic Beanstalk environment',
  'AWS::Elasticsearch::': 'a search domain',
  'AWS::EMR::Cluster': 'an EMR cluster',
  'AWS::FSx::': 'a file system',
  'AWS::Glue::DevEndpoint': 'a development endpoint',
  'AWS::GlobalAccelerator::Accelerator': 'an accelerator',
  'AWS::Grafana::Workspace': 'a Grafana workspace',
  'AWS::Kinesis::Stream': 'a stream, by the shard, or on demand by itself',
  'AWS::KMS::Key': 'a customer managed key: 1 USD a month, by the hour',
  'AWS::KMS::ReplicaKey': 'a customer managed key: 1 USD a month, by the hour',
  'AWS::KinesisAnalytics::': 'a streaming application',
  'AWS::KinesisAnalyticsV2::': 'a streaming application',
  'AWS::Lambda::CapacityProvider': 'instances kept for functions',
  'AWS::Lightsail::Instance': 'an instance',
  'AWS::MSK::': 'a Kafka cluster',
  'AWS::MemoryDB::': 'a MemoryDB cluster',
  'AWS::Neptune::': 'a graph database',
  'AWS::NetworkFirewall::Firewall': 'a network firewall',
  'AWS::OpenSearchServerless::Collection': 'a search collection keeps at least one compute unit',
  'AWS::OpenSearchService::': 'a search domain',
  'AWS::RDS::DBCluster': 'a database',
  'AWS::RDS::DBInstance': 'a database',
  'AWS::RDS::DBProxy': 'a database proxy',
  'AWS::Redshift::Cluster': 'a data warehouse',
  'AWS::Route53Resolver::ResolverEndpoint': 'a resolver endpoint',
  'AWS::SageMaker::Cluster': 'a training cluster',
  'AWS::SageMaker::NotebookInstance': 'a notebook instance',
  'AWS::Timestream::InfluxDBInstance': 'a database',
  'AWS::Transfer::Server': 'a file transfer server',
};

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== 0 && value !== false;

/** Types that cost something every hour in some of their forms only. */
const WHEN: Readonly<Record<string, Rule>> = {
  'AWS::ApiGateway::Stage': ({ CacheClusterEnabled }) => (isSet(CacheClusterEnabled) ? 'an API cache' : undefined),
  'AWS::ApplicationAutoScaling::ScalableTarget': ({ MinCapacity }) =>
    isSet(MinCapacity) ? 'a capacity that never scales to zero' : undefined,
  'AWS::AutoScaling::AutoScalingGroup': ({ MinSize, DesiredCapacity }) =>
    Number(MinSize ?? 0) > 0 || Number(DesiredCapacity ?? 0) > 0 ? 'instances that are always running' : undefined,
  'AWS::DynamoDB::GlobalTable': ({ BillingMode }) =>
    BillingMode === 'PAY_PER_REQUEST' ? undefined : 'provisioned capacity of a table',
  'AWS::DynamoDB::Table': ({ BillingMode }) =>
    BillingMode === 'PAY_PER_REQUEST' ? undefined : 'provisioned capacity of a table',
  // Interface is not the default: Gateway is, and free.
  'AWS::EC2::VPCEndpoint': ({ VpcEndpointType }) =>
    VpcEndpointType === undefined || VpcEndpointType === 'Gateway' ? undefined : 'an interface endpoint',
  'AWS::Lambda::Alias': ({ ProvisionedConcurrencyConfig }) =>
    isSet(ProvisionedConcurrencyConfig) ? 'provisioned concurrency' : undefined,
  'AWS::Lambda::EventSourceMapping': ({ ProvisionedPollerConfig }) =>
    isSet(ProvisionedPollerConfig) ? 'provisioned pollers' : undefined,
  'AWS::Lambda::Function': ({ CapacityProviderConfig }) =>
    isSet(CapacityProviderConfig) ? 'instances that are kept for it, three by default' : undefined,
  'AWS::Lambda::Version': ({ ProvisionedConcurrencyConfig }) =>
    isSet(ProvisionedConcurrencyConfig) ? 'provisioned concurrency' : undefined,
  'AWS::SageMaker::EndpointConfig': ({ ProductionVariants, ShadowProductionVariants }) =>
    [ProductionVariants, ShadowProductionVariants].flat().every(isIdleFree)
      ? undefined
      : 'instances of a real-time endpoint, or provisioned concurrency of a serverless one',
};

/** A variant that is absent, or serverless without provisioned concurrency. */
function isIdleFree(variant: unknown): boolean {
  if (variant === undefined) return true;
  const { ServerlessConfig } = variant as { ServerlessConfig?: { ProvisionedConcurrency?: number } };
  return ServerlessConfig !== undefined && !isSet(ServerlessConfig.ProvisionedConcurrency);
}

/** Every resource of a template that costs something per hour while nobody calls. */
export function hourlyPrices(template: Template): HourlyPrice[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type: type, Properties = {} }]) => {
    const family = Object.keys(ALWAYS).find((name) => name.endsWith('::') && type.startsWith(name));
    const what = ALWAYS[type] ?? (family && ALWAYS[family]) ?? WHEN[type]?.(Properties);
    return what === undefined ? [] : [{ logicalId, type, what }];
  });
}

const NAME = 'keelson';
const RULE = 'Keelson-NoHourlyPrice';
/** By which an hourly price that was chosen is acknowledged. */
export const HOURLY_PRICE_ACKNOWLEDGEMENT = `${NAME}::${RULE}`;

/** Refuses a synth whose templates hold a resource with an hourly price: what nobody calls must cost nothing. */
export class HourlyPriceCheck implements IPolicyValidationPlugin {
  readonly name = NAME;
  readonly ruleIds = [RULE];

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = templatePaths.flatMap((templatePath) =>
      hourlyPrices(JSON.parse(readFileSync(templatePath, 'utf8'))).map((price) => toViolation(price, templatePath)),
    );
    return { success: violations.length === 0, violations };
  }
}

const toViolation = ({ logicalId, type, what }: HourlyPrice, templatePath: string): PolicyViolation => ({
  ruleName: RULE,
  description: `${type} has an hourly price: ${what}`,
  fix: 'use a form that is paid for by use, or put the resource into an app of its own without this check',
  severity: 'error',
  violatingResources: [{ resourceLogicalId: logicalId, templatePath, locations: [] }],
});
