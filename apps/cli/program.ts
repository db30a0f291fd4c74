import { Command } from 'commander';
import { KEELSON_VERSION } from '../../core/contracts/product.ts';
import { addBaselineCommand } from './commands/baseline.ts';
import { addClientCommand } from './commands/client.ts';
import { addInitCommand } from './commands/init.ts';
import { addLabelCommand } from './commands/label.ts';
import { addMonitorCommand } from './commands/monitor.ts';
import { addPredictCommand } from './commands/predict.ts';
import { addQuarantineCommand } from './commands/quarantine.ts';
import { addRegisterCommand } from './commands/register.ts';
import { addRollbackCommand } from './commands/rollback.ts';
import { addRolloutCommand } from './commands/rollout.ts';
import { addServicesCommand } from './commands/services.ts';
import { addVersionsCommand } from './commands/versions.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { globalOptions } from './global-options.ts';
import type { Io } from './io.ts';

const ADD_COMMANDS = [
  addInitCommand,
  addServicesCommand,
  addRegisterCommand,
  addVersionsCommand,
  addPredictCommand,
  addRolloutCommand,
  addRollbackCommand,
  addQuarantineCommand,
  addLabelCommand,
  addMonitorCommand,
  addBaselineCommand,
  addClientCommand,
];

const EXAMPLES = `
Examples:
  keelson services                                what exists, and which version serves
  keelson register churn model.onnx               upload a model as the next version of "churn"
  keelson rollout churn 1                         let version 1 serve
  keelson predict churn --input rows.csv          predict for each row of a file
  keelson monitor churn                           whether it has drifted, and what moved
  keelson rollback churn                          let the version serve that served before

Exit codes: ${EXIT_CODES.done} done, ${EXIT_CODES.failed} refused or failed (the reason is on stderr), ${EXIT_CODES.usage} wrong usage`;

/** The command line's definition: what parses it, and what its reference is written from. */
export function createProgram(io: Io): Command {
  const program = new Command('keelson')
    .description(
      'Registers, serves and rolls out ONNX models on a Keelson: one on this machine, or one deployed to AWS.',
    )
    .version(KEELSON_VERSION, '-V, --version', 'print the version of this command line')
    // Otherwise the program's --version would swallow the one of `predict` and of `monitor`.
    .enablePositionalOptions()
    .showHelpAfterError('Run it with --help to see what it takes.')
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  for (const option of globalOptions()) program.addOption(option);
  for (const add of ADD_COMMANDS) {
    const command = add(program, io);
    for (const option of globalOptions()) command.addOption(option);
  }
  return program;
}
