import { Readable } from 'node:stream';
import { Argument, type Command } from 'commander';
import type { LabelReport } from '../../../core/contracts/labels.ts';
import { serviceArgument } from '../arguments.ts';
import { CliFailure } from '../cli-failure.ts';
import type { Io } from '../io.ts';
import { readLabels } from '../label/read-labels.ts';
import { sendLabels } from '../label/send-labels.ts';
import { renderTable } from '../output/table.ts';
import { openCsv, STDIN } from '../predict/read-input.ts';
import { openSession } from '../session.ts';

export const addLabelCommand = (program: Command, io: Io): Command =>
  program
    .command('label')
    .summary('tell what turned out to be true of predictions')
    .description(
      'Sends labels from CSV whose first row names the columns: id (the prediction id), label, and, where you have them, at (when it became ' +
        'known, 2026-06-01T12:00:00Z) and row (of a prediction with several rows, from 0). ' +
        'Labels may come late, in any order and twice: the later `at` counts. Run it again after an interruption: nothing is counted twice.',
    )
    .addArgument(serviceArgument())
    .addArgument(new Argument('<file>', 'labels.csv, or - for the standard input'))
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, file: string, _options: unknown, command: Command) => {
      const session = openSession(command, io);
      const input = file === STDIN ? { stream: Readable.from(io.stdin), bytes: 0 } : await openCsv(file);
      const report = await session.progress.bytes('labelling', (onProgress) =>
        sendLabels(service, readLabels(input.stream), {
          client: session.client,
          // How much comes from the standard input is not known before its end.
          onProgress: (done) => onProgress(done, Math.max(input.bytes, done)),
        }),
      );
      if (report.received === 0) throw new CliFailure('the input has no labels below its header');
      session.answer({ json: report, text: () => describe(report) });
    });

const EXAMPLES = `
Examples:
  keelson label fraud labels.csv
  zcat labels.csv.gz | keelson label fraud - --json`;

const COLUMNS = [{ title: 'LABELS' }, { title: 'COUNT', align: 'right' }] as const;

function describe({ service, received, accepted, corrected, duplicate, outdated, unknown, unknownIds }: LabelReport) {
  const rows = [
    ['accepted', accepted],
    ['  of these corrections', corrected],
    ['duplicate', duplicate],
    ['outdated', outdated],
    ['unknown', unknown],
    ['in all', received],
  ].map((row) => row.map(String));
  const named = unknownIds.slice(0, 5).join(', ');
  const hint =
    unknown === 0
      ? ''
      : `\n\nNo captured prediction of ${service} has these ids (${named}${unknown > 5 ? ' ...' : ''}). Their labels are kept, should it appear.`;
  return `${renderTable(COLUMNS, rows)}${hint}`;
}
