import { stableId } from './physical-name.ts';
import type { CreatedResource, Resource } from './provider.ts';

/** A type that changes nothing on one machine, and why; it still gives others the values that they refer to. */
export interface NoLocalEffect {
  readonly reason: string;
  /** What `Ref` and `Fn::GetAtt` give; absent: the generated name and nothing else. */
  readonly values?: (resource: Resource<Record<string, unknown>>) => CreatedResource;
}

const named =
  (property: string, arn: (account: string, name: string) => string, idAttribute?: string) =>
  (resource: Resource<Record<string, unknown>>): CreatedResource => {
    const given = resource.properties[property];
    const name = typeof given === 'string' ? given : resource.name;
    const id = stableId([resource.stack.name, resource.logicalId], 17).toUpperCase();
    return {
      ref: name,
      attributes: {
        Arn: arn(resource.stack.account, name),
        ...(idAttribute === undefined ? {} : { [idAttribute]: id }),
      },
    };
  };

function managedPolicy(resource: Resource<Record<string, unknown>>): CreatedResource {
  const arn = `arn:aws:iam::${resource.stack.account}:policy/${resource.name}`;
  return { ref: arn, attributes: { PolicyArn: arn } };
}

function kmsKey({ stack, logicalId }: Resource<Record<string, unknown>>): CreatedResource {
  const id = stableId([stack.name, logicalId], 36);
  return { ref: id, attributes: { KeyId: id, Arn: `arn:aws:kms:${stack.region}:${stack.account}:key/${id}` } };
}

function kmsAlias({ properties, name }: Resource<Record<string, unknown>>): CreatedResource {
  const given = properties['AliasName'];
  return { ref: typeof given === 'string' ? given : `alias/${name}`, attributes: {} };
}

/** The one place that lists what the local platform knowingly leaves out. Anything in neither this table nor a provider is refused. */
export const NO_LOCAL_EFFECT: Readonly<Record<string, NoLocalEffect>> = {
  'AWS::IAM::Role': {
    reason: 'nothing checks permissions on one machine: every function acts with the same local credentials',
    values: named('RoleName', (account, name) => `arn:aws:iam::${account}:role/${name}`, 'RoleId'),
  },
  'AWS::IAM::Policy': { reason: 'nothing checks permissions on one machine' },
  'AWS::IAM::ManagedPolicy': { reason: 'nothing checks permissions on one machine', values: managedPolicy },
  'AWS::KMS::Key': {
    reason: 'data lies unencrypted in the data folder, which the file system protects',
    values: kmsKey,
  },
  'AWS::KMS::Alias': { reason: 'a name of a key that has no effect itself', values: kmsAlias },
  'AWS::SNS::TopicPolicy': { reason: 'nothing checks permissions on one machine' },
  'AWS::SecretsManager::ResourcePolicy': { reason: 'nothing checks permissions on one machine' },
  'AWS::Events::EventBusPolicy': { reason: 'nothing checks permissions on one machine' },
  'AWS::CloudWatch::AnomalyDetector': { reason: 'an alarm has its band from the metric itself' },
  'AWS::S3::BucketPolicy': { reason: 'nothing checks permissions on one machine' },
  'AWS::Lambda::Permission': { reason: 'nothing checks permissions on one machine' },
  'AWS::Lambda::EventInvokeConfig': { reason: 'asynchronous invocations always get the default of two retries' },
  'AWS::Logs::LogStream': {
    reason: 'a log stream begins with the first line that is written to it',
    values: ({ properties, name }) => ({ ref: String(properties['LogStreamName'] ?? name), attributes: {} }),
  },
  'AWS::CDK::Metadata': { reason: 'usage statistics of the CDK' },
};
