#!/usr/bin/env node
import { runCli } from '../apps/cli/run-cli.ts';

// `keelson versions fraud | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCli(process.argv.slice(2), process);
