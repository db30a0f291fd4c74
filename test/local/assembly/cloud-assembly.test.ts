// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are CloudFormation's placeholders.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCloudAssembly } from '../../../local/assembly/cloud-assembly.ts';
import { writeAssembly } from './assembly-fixture.ts';

describe('reading a cloud assembly', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'assembly-'));
    writeAssembly(path.join(directory, 'assembly-Prod'), { Inner: { Resources: { X: { Type: 'T' } } } });
    const stackArtifact = { type: 'aws:cloudformation:stack', properties: { templateFile: 'empty.json' } };
    const artifacts = {
      'assembly-Prod': {
        type: 'cdk:cloud-assembly',
        properties: { directoryName: 'assembly-Prod' },
        dependencies: ['Data'],
      },
      App: {
        ...stackArtifact,
        environment: 'aws://111111111111/eu-west-1',
        dependencies: ['Data', 'App.assets'],
        properties: { templateFile: 'empty.json', stackName: 'my-app' },
      },
      Data: { ...stackArtifact, environment: 'aws://unknown-account/unknown-region' },
      'App.assets': { type: 'cdk:asset-manifest', properties: { file: 'App.assets.json' } },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    };
    const destination = { bucketName: 'cdk-${AWS::AccountId}-${AWS::Region}', objectKey: 'abc.zip' };
    const files = { abc: { source: { path: 'asset.abc', packaging: 'zip' }, destinations: { here: destination } } };
    writeFileSync(path.join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
    writeFileSync(path.join(directory, 'empty.json'), '{}');
    writeFileSync(path.join(directory, 'App.assets.json'), JSON.stringify({ files }));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('gives the stacks in the order of their dependencies, those of stages too', () => {
    expect(readCloudAssembly(directory).map(({ name }) => name)).toEqual(['Data', 'Inner', 'my-app']);
  });

  it('places stacks without an environment on the local account, others where they say', () => {
    const places = readCloudAssembly(directory).map(({ account, region }) => `${account}/${region}`);
    expect(places).toEqual(['000000000000/us-east-1', '000000000000/us-east-1', '111111111111/eu-west-1']);
  });

  it('finds assets by the bucket and key that they would be uploaded to', () => {
    const app = readCloudAssembly(directory).find(({ name }) => name === 'my-app');
    expect(app?.assets).toEqual(new Map([['cdk-111111111111-eu-west-1/abc.zip', path.join(directory, 'asset.abc')]]));
  });

  it('fails where there is no assembly, saying what to do', () => {
    expect(() => readCloudAssembly(path.join(directory, 'nowhere'))).toThrow(
      /cannot read .*manifest\.json.*synthesize the app again/s,
    );
  });
});
