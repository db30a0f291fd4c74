import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareExamples } from '../examples/prepare-examples.ts';
import { startPlatform } from '../local/platform.ts';

const USAGE = `usage: npm start [-- --port 8080 --host 127.0.0.1 --data .keelson --token SECRET --app app.ts --assembly cdk.out --no-examples]`;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const options = readOptions();
  const log = (line: string) => console.log(line);
  const assembly = options.assembly ?? (() => synthesize(options.app, join(options.dataDirectory, 'cdk.out')));
  const platform = await startPlatform({ ...options, assembly, log });
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await platform.close();
    process.exit(0);
  };
  // Ctrl-C comes twice, from the terminal and from npm: the second must not cut the first short.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  const suggestions = options.examples ? await prepareExamples(platform.url, { token: options.token, log }) : [];
  console.log(`keelson ready ${platform.url}`);
  for (const line of suggestions) console.log(line);
}

function parseCommandLine() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: process.env['PORT'] ?? '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        data: { type: 'string', default: '.keelson' },
        token: { type: 'string' },
        app: { type: 'string' },
        assembly: { type: 'string' },
        'no-examples': { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : cause}\n${USAGE}`, { cause });
  }
}

function readOptions() {
  const { values } = parseCommandLine();
  const port = /^\d+$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new Error(`--port (or PORT) must be a number from 0 to 65535, got ${JSON.stringify(values.port)}\n${USAGE}`);
  }
  const token = values.token ?? process.env['KEELSON_TOKEN'];
  if (token === '') throw new Error(`--token (or KEELSON_TOKEN) is empty: nobody could call; leave it out or give one`);
  // One that was synthesized before, for example by `npm run synth`.
  const assembly = values.assembly === undefined ? undefined : resolve(values.assembly);
  return {
    port,
    assembly,
    // The CDK app of a project of its own.
    app: values.app === undefined ? join(import.meta.dirname, 'app.ts') : resolve(values.app),
    host: values.host,
    dataDirectory: resolve(values.data),
    examples: !values['no-examples'],
    ...(token !== undefined && { token }),
  };
}

/** In a process of its own: the CDK library is large, and the platform must run what was written, not what is in memory. */
function synthesize(app: string, outputDirectory: string): string {
  // CDK takes an asset that is there for whole, also where a kill cut its copying short.
  rmSync(outputDirectory, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [app], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CDK_OUTDIR: outputDirectory },
  });
  if (status !== 0) throw new Error('the app could not be synthesized; the reason is above');
  return outputDirectory;
}
