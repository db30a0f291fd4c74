import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { afterAll } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { createApp } from '../../lib/app.ts';
import { type KeelsonOptions, parseConfig } from '../../lib/config.ts';
import { KeelsonStack } from '../../lib/stacks/keelson-stack.ts';
import { bundle } from '../../scripts/bundle.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { Value: unknown }>>;
}

// Every assembly holds a copy of the 26 MB layer: gone with the test file that asked for it.
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-lib-'));
  folders.push(folder);
  return folder;
}

export const newApp = (outdir = temporaryFolder()): App => createApp({ context: cdk.context, outdir });

export const readTemplate = (outdir: string, stack = 'Keelson'): Template =>
  JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8'));

/** Synthesizes the app of a configuration as bin/app.ts does. @returns the assembly's folder */
export async function synthesize(config: KeelsonOptions): Promise<string> {
  await bundle();
  const app = newApp();
  new KeelsonStack(app, 'Keelson', { config: parseConfig(config) });
  return app.synth().directory;
}

export const synthesizeTemplate = async (config: KeelsonOptions): Promise<Template> =>
  readTemplate(await synthesize(config));

export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

/** Properties of the one resource of a type. */
export function propertiesOfThe(template: Template, type: string): Readonly<Record<string, unknown>> {
  const [found, ...others] = resourcesOf(template, type);
  if (!found || others.length > 0) throw new Error(`expected one ${type}, got ${others.length + (found ? 1 : 0)}`);
  return found[1].Properties;
}
