import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Stack } from '../../../local/assembly/cloud-assembly.ts';

/** A stack as it is after reading. */
export function stack(name: string, template: Partial<Stack['template']>): Stack {
  return {
    name,
    account: '000000000000',
    region: 'us-east-1',
    assets: new Map(),
    template: { Parameters: {}, Mappings: {}, Conditions: {}, Resources: {}, Outputs: {}, ...template },
  };
}

export const resource = (Type: string, Properties: Record<string, unknown> = {}, DependsOn: string[] = []) => ({
  Type,
  Properties,
  DependsOn,
});

/** Writes a cloud assembly of bare templates, in the form of the CDK. */
export function writeAssembly(directory: string, templates: Record<string, unknown>): string {
  mkdirSync(directory, { recursive: true });
  const artifacts = Object.keys(templates).map((name) => [
    name,
    {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.json` },
    },
  ]);
  writeFileSync(
    path.join(directory, 'manifest.json'),
    JSON.stringify({ version: '1', artifacts: Object.fromEntries(artifacts) }),
  );
  for (const [name, template] of Object.entries(templates)) {
    writeFileSync(path.join(directory, `${name}.json`), JSON.stringify(template));
  }
  return directory;
}
