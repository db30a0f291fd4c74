import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { FunctionHost } from '../../functions/function-host.ts';
import { parseFunctionName } from '../../functions/function-name.ts';
import { defineProvider, noEffect, number, type Providers, type Resource } from '../provider.ts';

const FUNCTION_NAME = { property: 'FunctionName', maxLength: 64 };
const ONLY_CURRENT_CODE = 'every version and alias leads to the current code';

const FunctionProperties = z.strictObject({
  Architectures: noEffect('the functions run on this machine, whatever its processor'),
  CapacityProviderConfig: z
    .strictObject({
      LambdaManagedInstancesCapacityProviderConfig: z.strictObject({
        CapacityProviderArn: noEffect('the functions run on this machine'),
        ExecutionEnvironmentMemoryGiBPerVCpu: noEffect('the functions run on this machine'),
        PerExecutionEnvironmentMaxConcurrency: number().optional(),
      }),
    })
    .optional(),
  Code: z.strictObject({
    S3Bucket: z.string().optional(),
    S3Key: z.string().optional(),
    ZipFile: z.string().optional(),
  }),
  Description: z.string().default(''),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  EphemeralStorage: noEffect('the temporary folder has no limit of its own'),
  FunctionName: z.string().optional(),
  Handler: z.string(),
  KmsKeyArn: noEffect('nothing is encrypted on one machine'),
  Layers: noEffect('what layers bring on AWS comes from node_modules'),
  LoggingConfig: z
    .strictObject({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['Text', 'JSON']).default('Text'),
      ApplicationLogLevel: noEffect('every line is kept'),
      SystemLogLevel: noEffect('every line is kept'),
    })
    .optional(),
  MemorySize: number().default(128),
  PackageType: z.literal('Zip').default('Zip'),
  PublishToLatestPublished: noEffect(ONLY_CURRENT_CODE),
  RecursiveLoop: noEffect('loops are not looked for'),
  ReservedConcurrentExecutions: number().optional(),
  Role: noEffect('nothing checks permissions on one machine'),
  Runtime: z.string(),
  RuntimeManagementConfig: noEffect('the functions run on the Node.js of the platform'),
  SnapStart: noEffect('there are no snapshots'),
  Tags: noEffect('nothing reads tags'),
  Timeout: number().default(3),
  TracingConfig: noEffect('there is no X-Ray'),
});

const LayerProperties = z.strictObject({
  CompatibleArchitectures: noEffect('layers are not mounted'),
  CompatibleRuntimes: noEffect('layers are not mounted'),
  Content: noEffect('what layers bring on AWS comes from node_modules'),
  Description: noEffect('nothing shows it'),
  LayerName: z.string().optional(),
  LicenseInfo: noEffect('nothing shows it'),
});

const VersionProperties = z.strictObject({
  CodeSha256: noEffect(ONLY_CURRENT_CODE),
  Description: noEffect('nothing shows it'),
  FunctionName: z.string(),
  ProvisionedConcurrencyConfig: noEffect('processes start on demand'),
  RuntimePolicy: noEffect('the functions run on the Node.js of the platform'),
});

const AliasProperties = z.strictObject({
  Description: noEffect('nothing shows it'),
  FunctionName: z.string(),
  FunctionVersion: noEffect(ONLY_CURRENT_CODE),
  Name: z.string(),
  ProvisionedConcurrencyConfig: noEffect('processes start on demand'),
});

/** Functions and what belongs to them. `codeDirectory` takes code that stands in the template itself. */
export function lambdaProviders({ host, codeDirectory }: { host: FunctionHost; codeDirectory: string }): Providers {
  const qualified = (resource: Resource, functionName: string, qualifier: string): string => {
    const { name } = parseFunctionName(functionName) ?? resource.refuse(`${functionName} names no function`);
    host.qualify(name, qualifier);
    return `${functionArn(resource, name)}:${qualifier}`;
  };

  return {
    'AWS::Lambda::Function': defineProvider({
      properties: FunctionProperties,
      naming: FUNCTION_NAME,
      create(resource) {
        const { name, properties } = resource;
        if (!/^nodejs(18|20|22|24)\.x$/.test(properties.Runtime)) {
          resource.refuse(
            `the runtime ${properties.Runtime} is not available on the local platform, which runs nodejs18.x to nodejs24.x`,
          );
        }
        const managed = properties.CapacityProviderConfig?.LambdaManagedInstancesCapacityProviderConfig;
        const reserved = properties.ReservedConcurrentExecutions;
        const arn = functionArn(resource, name);
        host.add({
          name,
          arn,
          handler: properties.Handler,
          codeDirectory: findCode(resource, codeDirectory),
          runtime: properties.Runtime,
          environment: properties.Environment?.Variables ?? {},
          memoryMiB: properties.MemorySize,
          timeoutMs: properties.Timeout * 1000,
          logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
          logFormat: properties.LoggingConfig?.LogFormat ?? 'Text',
          description: properties.Description,
          concurrencyPerEnvironment: managed?.PerExecutionEnvironmentMaxConcurrency ?? 1,
          ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
        });
        return { ref: name, attributes: { Arn: arn } };
      },
    }),
    'AWS::Lambda::LayerVersion': defineProvider({
      properties: LayerProperties,
      naming: { property: 'LayerName', maxLength: 140 },
      create({ name, stack }) {
        const arn = `arn:aws:lambda:${stack.region}:${stack.account}:layer:${name}:1`;
        return { ref: arn, attributes: { LayerVersionArn: arn } };
      },
    }),
    'AWS::Lambda::Version': defineProvider({
      properties: VersionProperties,
      naming: { maxLength: 64 },
      create(resource) {
        const arn = qualified(resource, resource.properties.FunctionName, '1');
        return { ref: arn, attributes: { Version: '1', FunctionArn: arn } };
      },
    }),
    'AWS::Lambda::Alias': defineProvider({
      properties: AliasProperties,
      naming: { maxLength: 64 },
      create(resource) {
        const arn = qualified(resource, resource.properties.FunctionName, resource.properties.Name);
        return { ref: arn, attributes: { AliasArn: arn } };
      },
    }),
  };
}

const functionArn = ({ stack }: Resource, name: string): string =>
  `arn:aws:lambda:${stack.region}:${stack.account}:function:${name}`;

function findCode(resource: Resource<z.infer<typeof FunctionProperties>>, codeDirectory: string): string {
  const { S3Bucket, S3Key, ZipFile } = resource.properties.Code;
  if (ZipFile !== undefined) {
    const directory = path.join(codeDirectory, resource.name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, 'index.js'), ZipFile);
    return directory;
  }
  const asset = resource.asset(S3Bucket ?? '', S3Key ?? '');
  if (asset === undefined) resource.refuse(`its code ${S3Bucket}/${S3Key} is no asset of the assembly`);
  if (!statSync(asset, { throwIfNoEntry: false })?.isDirectory()) {
    resource.refuse(`its code ${asset} is no folder; give lambda.Code.fromAsset a folder, not an archive`);
  }
  return asset;
}
