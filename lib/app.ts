import { App } from 'aws-cdk-lib';
import { addChecks } from './checks/add-checks.ts';

export interface AppOptions {
  /** Context of cdk.json: the feature flags, which must be the same whether the CDK CLI starts the app or not. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Folder that the assembly is written to. */
  readonly outdir: string;
}

/** What the CDK CLI asks of every app: asked here, too, the assembly is the same without the CLI. */
const CLI_DEFAULTS = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

/** An app that must pass the checks, and that needs no account to be synthesized. */
export function createApp({ context, outdir }: AppOptions): App {
  // No CDKMetadata resource: it differs from release to release of CDK, and tells AWS who uses what.
  const app = new App({ context: { ...context, ...CLI_DEFAULTS }, outdir, analyticsReporting: false });
  addChecks(app);
  return app;
}
