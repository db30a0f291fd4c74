import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import { parseVersion, serviceArgument } from '../arguments.ts';
import { CliFailure } from '../cli-failure.ts';
import type { Io } from '../io.ts';
import { cannotRead } from '../read-json-file.ts';
import { openSession, type Session } from '../session.ts';
import { FIRST_LINE, writeTypedClient } from '../typed-client/write-typed-client.ts';

interface Options {
  readonly out: string;
  readonly version?: number;
}

export const addClientCommand = (program: Command, io: Io): Command =>
  program
    .command('client')
    .summary("write a typed TypeScript client from the model's signature")
    .description(
      'Writes a TypeScript client of a service: one file without dependencies, whose types are those of the inputs, outputs, features ' +
        'and class labels of a version. NaN, infinities and 64-bit integers arrive exactly, both ways.',
    )
    .addArgument(serviceArgument())
    .requiredOption('--out <client.ts>', 'file to write; one that this command wrote before is replaced, no other is')
    .option(
      '--version <version>',
      'make it from this version instead of the one that serves, or the latest',
      parseVersion,
    )
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, options: Options, command: Command) => {
      const session = openSession(command, io);
      await refuseOther(options.out);
      const version = await chooseVersion(session, service, options.version);
      const template = await readFile(join(import.meta.dirname, '..', 'typed-client', 'template.ts'), 'utf8');
      await write(options.out, writeTypedClient(version, template));
      const { version: number, sha256 } = version;
      session.answer({
        json: { service, version: number, sha256, out: options.out },
        text: () => `${options.out} is a client of ${service}, made from version ${number}`,
      });
    });

const EXAMPLES = `
Examples:
  keelson client fraud --out src/fraud-client.ts
  keelson client fraud --version 2 --out src/fraud-client.ts`;

async function chooseVersion({ client }: Session, service: string, asked: number | undefined): Promise<ModelVersion> {
  if (asked !== undefined) return client.version(service, asked);
  const { champion, latestVersion } = await client.service(service);
  if (champion !== null || latestVersion > 0) return client.version(service, champion ?? latestVersion);
  throw new CliFailure(`${service} has no versions yet; \`keelson register ${service} model.onnx\` makes one`);
}

async function refuseOther(path: string): Promise<void> {
  const existing = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return FIRST_LINE;
    throw cannotRead(path, error);
  });
  if (existing.startsWith(FIRST_LINE)) return;
  throw new CliFailure(`${path} exists, and \`keelson client\` did not write it; remove it, or choose another --out`);
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such folder' : (error.code ?? error.message);
    throw new CliFailure(`cannot write ${path}: ${reason}`, { cause: error });
  });
}
