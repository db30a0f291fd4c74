import { CommanderError } from 'commander';
import { EXIT_CODES } from './exit-codes.ts';
import { explainFailure } from './explain-failure.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';
import { UsageFailure } from './usage-failure.ts';

/** Runs the command line. @returns the exit code; the reason of a failure has then been written to stderr */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(io).parseAsync(args, { from: 'user' });
    return EXIT_CODES.done;
  } catch (error) {
    // Commander has written its message itself; its own exit code for a wrong usage is 1.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
    io.stderr.write(`keelson: ${explainFailure(error)}\n`);
    return error instanceof UsageFailure ? EXIT_CODES.usage : EXIT_CODES.failed;
  }
}
