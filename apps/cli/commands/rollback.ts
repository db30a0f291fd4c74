import type { Command } from 'commander';
import { serviceArgument } from '../arguments.ts';
import type { Io } from '../io.ts';
import { describeRollout } from '../output/describe-rollout.ts';
import { openSession } from '../session.ts';

export const addRollbackCommand = (program: Command, io: Io): Command =>
  program
    .command('rollback')
    .summary('let the version serve that served before')
    .description('Lets the version serve again that served before. It takes effect within two seconds.')
    .addArgument(serviceArgument())
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, _options: unknown, command: Command) => {
      const session = openSession(command, io);
      const rollback = await session.client.rollback(service);
      session.answer({ json: rollback, text: () => describeRollout(rollback) });
    });

const EXAMPLES = `
Examples:
  keelson rollback fraud`;
