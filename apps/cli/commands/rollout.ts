import { type Command, Option } from 'commander';
import { type RolloutRequest, STRATEGIES } from '../../../core/contracts/api.ts';
import { serviceArgument, versionArgument } from '../arguments.ts';
import type { Io } from '../io.ts';
import { describeRollout } from '../output/describe-rollout.ts';
import { openSession } from '../session.ts';

export const addRolloutCommand = (program: Command, io: Io): Command =>
  program
    .command('rollout')
    .summary('let a version serve')
    .description(
      'Lets a registered version serve. Running functions follow within two seconds, without a failed request.',
    )
    .addArgument(serviceArgument())
    .addArgument(versionArgument())
    .addOption(new Option('--strategy <strategy>', 'how it takes over').choices(STRATEGIES).default(STRATEGIES[0]))
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, version: number, { strategy }: Options, command: Command) => {
      const session = openSession(command, io);
      const rollout = await session.client.rollout(service, version, { strategy });
      session.answer({ json: rollout, text: () => describeRollout(rollout) });
    });

type Options = Pick<RolloutRequest, 'strategy'>;

const EXAMPLES = `
Examples:
  keelson rollout fraud 3
  keelson rollout fraud 3 --strategy all-at-once --json`;
