import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { SERIES, type Series, WINDOW_ID_PATTERN, type WindowReport } from '../../../core/contracts/windows.ts';
import { parseRowCount, parseVersion, serviceArgument } from '../arguments.ts';
import { CliFailure } from '../cli-failure.ts';
import type { Io } from '../io.ts';
import { describeMonitor } from '../output/describe-monitor.ts';
import { describeWindow } from '../output/describe-window.ts';
import { openSession, type Session } from '../session.ts';
import { UsageFailure } from '../usage-failure.ts';

interface MonitorOptions {
  readonly series: Series;
  readonly version?: number;
  readonly limit: number;
  readonly window?: string;
  readonly report?: string;
}

const NEWEST = 'newest';

export const addMonitorCommand = (program: Command, io: Io): Command =>
  program
    .command('monitor')
    .summary('whether a service has drifted, and what moved')
    .description(
      'Shows the windows of a service that were evaluated, its alarms, and how often the monitor is expected to be wrong. With --window, what was ' +
        'found in one of them: each column against training with its trend, data quality, performance and bias.',
    )
    .addArgument(serviceArgument())
    .addOption(new Option('--window <id>', `one window: an id of the list, or "${NEWEST}"`).argParser(parseWindow))
    .addOption(new Option('--series <series>', 'windows as declared, or their sums').choices(SERIES).default('window'))
    .addOption(new Option('--version <version>', 'of this version only').argParser(parseVersion))
    .addOption(new Option('--limit <count>', 'how many, newest first; at most 200').argParser(parseLimit).default(12))
    .addOption(new Option('--report <file>', 'write the report of the window as a page of HTML'))
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, options: MonitorOptions, command: Command) => {
      const session = openSession(command, io);
      if (options.window === undefined && options.report === undefined) return showMonitor(session, service, options);
      const id = await findWindow(session, service, options);
      if (options.report !== undefined) await writeReport(session, { service, id, file: options.report });
      const report = await session.client.window(service, id);
      session.answer({ json: report, text: () => textOf(report, options.report) });
    });

const EXAMPLES = `
Examples:
  keelson monitor fraud
  keelson monitor fraud --window newest
  keelson monitor fraud --series week --version 3
  keelson monitor fraud --window 3.window.20261125T1000Z --report drift.html
  keelson monitor fraud --json | jq -r '.windows[0].sentence'`;

function parseWindow(text: string): string {
  if (text === NEWEST || WINDOW_ID_PATTERN.test(text)) return text;
  throw new InvalidArgumentError(`It must be "${NEWEST}" or an id of the list, for example 3.window.20261125T1000Z.`);
}

function parseLimit(text: string): number {
  const limit = parseRowCount(text);
  if (limit <= 200) return limit;
  throw new InvalidArgumentError('At most 200 windows are listed at once.');
}

async function showMonitor(session: Session, service: string, { series, version, limit }: MonitorOptions) {
  const [windows, alarms] = await Promise.all([
    session.client.windows(service, { series, version, limit }),
    session.client.alarms(service),
  ]);
  session.answer({
    json: { ...windows, alarms: alarms.alarms, notes: [...new Set([...windows.notes, ...alarms.notes])] },
    text: () => describeMonitor(windows, alarms),
  });
}

async function findWindow(session: Session, service: string, options: MonitorOptions): Promise<string> {
  const { window = NEWEST, series, version } = options;
  if (window !== NEWEST) {
    if (version !== undefined)
      throw new UsageFailure('--version chooses among windows; an id names its version itself');
    return window;
  }
  const { windows, notes } = await session.client.windows(service, { series, version, limit: 1 });
  const [newest] = windows;
  if (newest) return newest.id;
  throw new CliFailure([`no window of ${service} has been evaluated`, ...notes].join('\n'));
}

async function writeReport(
  { client }: Session,
  { service, id, file }: { service: string; id: string; file: string },
): Promise<void> {
  const page = await client.windowPage(service, id);
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new CliFailure(`cannot write ${file}: ${(error as Error).message}`);
  }
}

const textOf = (report: WindowReport, file: string | undefined): string =>
  file === undefined ? describeWindow(report) : `${report.sentence}\nThe report is in ${file}.`;
