import type { Command } from 'commander';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import { serviceArgument } from '../arguments.ts';
import type { Io } from '../io.ts';
import { formatBytes, formatInstant, formatMetric, NONE, shortHash } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { openSession } from '../session.ts';

export const addVersionsCommand = (program: Command, io: Io): Command =>
  program
    .command('versions')
    .summary('all versions of a service')
    .description(
      'Lists the versions of a service, newest first, with what was measured when they were admitted (time to load, peak memory, 99th percentile of one row) and their metrics; the one that serves is marked.',
    )
    .addArgument(serviceArgument())
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, _options: unknown, command: Command) => {
      const session = openSession(command, io);
      const [{ champion }, versions] = await Promise.all([
        session.client.service(service),
        session.client.versions(service),
      ]);
      session.answer({ json: { service, champion, versions }, text: () => render(service, versions, champion) });
    });

const EXAMPLES = `
Examples:
  keelson versions fraud
  keelson versions fraud --json | jq '.versions[] | {version, metrics}'`;

/** More metrics than these do not fit beside the rest. */
const METRICS_SHOWN = 3;

const COLUMNS = [
  { title: 'VERSION', align: 'right' },
  { title: '' },
  { title: 'REGISTERED' },
  { title: 'SIZE', align: 'right' },
  { title: 'SHA256' },
  { title: 'LOAD', align: 'right' },
  { title: 'PEAK', align: 'right' },
  { title: 'P99', align: 'right' },
  { title: 'METRICS' },
] as const;

function render(service: string, versions: readonly ModelVersion[], champion: number | null): string {
  if (versions.length === 0)
    return `${service} has no versions yet. \`keelson register ${service} model.onnx\` makes one.`;
  const newestFirst = versions.toSorted((a, b) => b.version - a.version);
  return renderTable(
    COLUMNS,
    newestFirst.map((version) => toRow(version, champion)),
  );
}

const toRow = (
  { version, registeredAt, bytes, sha256, metrics, admission }: ModelVersion,
  champion: number | null,
): string[] => [
  String(version),
  version === champion ? 'serves' : '',
  formatInstant(registeredAt),
  formatBytes(bytes),
  shortHash(sha256),
  formatMs(admission?.loadMs),
  admission?.peakMiB === undefined ? NONE : `${Math.round(admission.peakMiB)} MiB`,
  formatMs(admission?.p99Ms),
  formatMetrics(metrics),
];

/** Three digits tell models apart; more would be noise. */
const formatMs = (ms: number | undefined): string => (ms === undefined ? NONE : `${Number(ms.toPrecision(3))} ms`);

function formatMetrics(metrics: ModelVersion['metrics']): string {
  const shown = Object.entries(metrics).map(([name, value]) => `${name} ${formatMetric(value)}`);
  if (shown.length === 0) return NONE;
  const more = shown.length - METRICS_SHOWN;
  return shown.slice(0, METRICS_SHOWN).join(', ') + (more > 0 ? `, ${more} more` : '');
}
