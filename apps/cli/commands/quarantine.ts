import { type Command, Option } from 'commander';
import type { QuarantinedVersion } from '../../../core/contracts/api.ts';
import { parseVersion, serviceArgument } from '../arguments.ts';
import type { Io } from '../io.ts';
import { formatInstant } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { openSession } from '../session.ts';

export const addQuarantineCommand = (program: Command, io: Io): Command =>
  program
    .command('quarantine')
    .summary('versions that crash too often to be served')
    .description(
      'Lists the versions that are not served because they ended their process three times, or lets one be served again.',
    )
    .addArgument(serviceArgument())
    .addOption(new Option('--release <version>', 'let this version be served again').argParser(parseVersion))
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, { release }: { release?: number }, command: Command) => {
      const session = openSession(command, io);
      if (release !== undefined) {
        const released = await session.client.releaseQuarantine(service, release);
        session.answer({ json: released, text: () => `Version ${release} of ${service} may be served again.` });
        return;
      }
      const quarantined = await session.client.quarantined(service);
      session.answer({ json: { service, quarantined }, text: () => render(service, quarantined) });
    });

const EXAMPLES = `
Examples:
  keelson quarantine fraud
  keelson quarantine fraud --release 4`;

const COLUMNS = [
  { title: 'VERSION', align: 'right' },
  { title: 'SINCE' },
  { title: 'CRASHES', align: 'right' },
  { title: 'LAST' },
] as const;

const render = (service: string, quarantined: readonly QuarantinedVersion[]): string =>
  quarantined.length === 0
    ? `No version of ${service} is quarantined.`
    : renderTable(
        COLUMNS,
        quarantined.map(({ version, since, crashes, reason }) => [
          String(version),
          formatInstant(since),
          String(crashes),
          reason,
        ]),
      );
