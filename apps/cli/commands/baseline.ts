import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { BaselineJob } from '../../../core/contracts/baselines.ts';
import { parseInstant, serviceArgument, versionArgument } from '../arguments.ts';
import { CliFailure } from '../cli-failure.ts';
import type { Io } from '../io.ts';
import { openSession, type Session } from '../session.ts';

interface BaselineOptions {
  readonly from: string;
  readonly to: string;
  readonly replace?: boolean;
  readonly wait: boolean;
}

export const addBaselineCommand = (program: Command, io: Io): Command =>
  program
    .command('baseline')
    .summary('compare a version with traffic that it has served')
    .description(
      'Makes a baseline of what was captured of a version in a span of time, for a version without a training set at hand, or whose traffic is meant to be ' +
        'different from now on. Choose a span in which all was well: what comes later is compared with it. What was captured since is counted, so that ' +
        'windows after the span are evaluated, too.',
    )
    .addArgument(serviceArgument())
    .addArgument(versionArgument())
    .addOption(
      new Option('--from <time>', 'predictions made from then on').argParser(parseInstant).makeOptionMandatory(),
    )
    .addOption(new Option('--to <time>', 'until then').argParser(parseInstant).makeOptionMandatory())
    .addOption(new Option('--replace', 'also where the version has a baseline'))
    .addOption(new Option('--no-wait', 'do not wait until it is made'))
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, version: number, options: BaselineOptions, command: Command) => {
      const session = openSession(command, io);
      const { from, to, replace = false } = options;
      const asked = await session.client.makeBaseline(service, version, { from, to, replace });
      const job = options.wait ? await waitFor(session, asked) : asked;
      if (job.error) throw new CliFailure(`${job.error.message} (${job.error.code})`);
      session.answer({ json: job, text: () => describe(job) });
    });

const EXAMPLES = `
Examples:
  keelson baseline churn 2 --from 2026-05-01 --to 2026-06-01
  keelson baseline churn 2 --from 2026-06-01T06:00:00Z --to 2026-06-08T06:00:00Z --replace`;

const POLL_MS = 1_000;
/** Longer than the function that makes it may take. */
const WAIT_MS = 20 * 60_000;

async function waitFor({ client, io }: Session, asked: BaselineJob): Promise<BaselineJob> {
  let job = asked;
  for (let waited = 0; job.state === 'PENDING'; waited += POLL_MS) {
    if (waited >= WAIT_MS) {
      throw new CliFailure(
        `the baseline is not made after ${WAIT_MS / 60_000} minutes; the log of the function that takes captures in says why`,
      );
    }
    await sleep(io.retryDelaysMs?.[0] ?? POLL_MS);
    job = await client.baseline(asked.service, asked.version);
  }
  return job;
}

function describe({ service, version, state, rows = 0, recounted = 0 }: BaselineJob): string {
  if (state === 'PENDING') return `The baseline of version ${version} of ${service} is being made.`;
  const objects = `${recounted} object${recounted === 1 ? '' : 's'}`;
  return `Version ${version} of ${service} is compared with ${rows} rows of its traffic from now on; ${objects} captured since were counted.`;
}
