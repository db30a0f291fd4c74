// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are CloudFormation's placeholders.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { RefusedError } from './refused-error.ts';
import { sortByDependencies } from './sort-by-dependencies.ts';

/** Where stacks without an account or region of their own are placed. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      dependencies: z.array(z.string()).default([]),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
          directoryName: z.string().optional(),
        })
        .prefault({}),
    }),
  ),
});

const Template = z.object({
  Transform: z.unknown().optional(),
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown() })).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z
    .record(
      z.string(),
      z.object({
        Type: z.string(),
        Properties: z.record(z.string(), z.unknown()).default({}),
        DependsOn: z.union([z.string().transform((id) => [id]), z.array(z.string())]).default([]),
        Condition: z.string().optional(),
      }),
    )
    .default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({
        Value: z.unknown(),
        Export: z.object({ Name: z.unknown() }).optional(),
        Condition: z.string().optional(),
      }),
    )
    .default({}),
});
export type Template = z.infer<typeof Template>;
export type TemplateResource = Template['Resources'][string];

const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional(), executable: z.array(z.string()).optional() }),
        destinations: z.record(z.string(), z.object({ bucketName: z.string(), objectKey: z.string() })),
      }),
    )
    .default({}),
});

export interface Stack {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
  /** Local files and folders by the `bucket/key` that they would be uploaded to. */
  readonly assets: ReadonlyMap<string, string>;
}

type Artifact = z.infer<typeof Manifest>['artifacts'][string];

/** Reads a synthesized assembly, stages within it too. @returns its stacks, each after those that it depends on */
export function readCloudAssembly(directory: string): readonly Stack[] {
  const { artifacts } = readJson(path.join(directory, 'manifest.json'), Manifest);
  const order = sortByDependencies(
    Object.keys(artifacts),
    (id) => artifacts[id]?.dependencies.filter((dependency) => artifacts[dependency] !== undefined) ?? [],
  );
  return order.flatMap((id) => {
    const artifact = artifacts[id] as Artifact;
    if (artifact.type === 'cdk:cloud-assembly') {
      return readCloudAssembly(path.join(directory, artifact.properties.directoryName ?? id));
    }
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    return [readStack(directory, id, { artifact, artifacts })];
  });
}

function readStack(
  directory: string,
  id: string,
  { artifact, artifacts }: { artifact: Artifact; artifacts: Record<string, Artifact> },
): Stack {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment ?? '') ?? [];
  const place = {
    account: account === undefined || account === 'unknown-account' ? LOCAL_ACCOUNT : account,
    region: region === undefined || region === 'unknown-region' ? LOCAL_REGION : region,
  };
  const manifests = artifact.dependencies
    .map((dependency) => artifacts[dependency])
    .filter((other) => other?.type === 'cdk:asset-manifest');
  return {
    name: artifact.properties.stackName ?? id,
    ...place,
    template: readJson(path.join(directory, artifact.properties.templateFile ?? ''), Template),
    assets: new Map(manifests.flatMap((manifest) => readAssets(directory, manifest?.properties.file ?? '', place))),
  };
}

function readAssets(
  directory: string,
  file: string,
  { account, region }: { account: string; region: string },
): (readonly [string, string])[] {
  const fill = (text: string): string =>
    text
      .replaceAll('${AWS::AccountId}', account)
      .replaceAll('${AWS::Region}', region)
      .replaceAll('${AWS::Partition}', 'aws');
  return Object.values(readJson(path.join(directory, file), AssetManifest).files).flatMap(({ source, destinations }) =>
    source.path === undefined
      ? []
      : Object.values(destinations).map(
          ({ bucketName, objectKey }) =>
            [`${fill(bucketName)}/${fill(objectKey)}`, path.resolve(directory, source.path as string)] as const,
        ),
  );
}

function readJson<S extends z.ZodType>(file: string, schema: S): z.infer<S> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new RefusedError(
      'assembly.unreadable',
      `cannot read ${file} of the cloud assembly: ${reason}; synthesize the app again`,
      { cause },
    );
  }
}
