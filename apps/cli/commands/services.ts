import type { Command } from 'commander';
import type { ServiceSummary } from '../../../core/contracts/api.ts';
import type { Io } from '../io.ts';
import { formatInstant, NONE } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { openSession } from '../session.ts';

export const addServicesCommand = (program: Command, io: Io): Command =>
  program
    .command('services')
    .summary('what exists, and which version serves')
    .description('Lists all services: which version serves, how many versions there are, and what runs them.')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const session = openSession(command, io);
      const services = await session.client.services();
      session.answer({ json: { services }, text: () => render(services) });
    });

const EXAMPLES = `
Examples:
  keelson services
  keelson services --json | jq '.services[].service'`;

const COLUMNS = [
  { title: 'SERVICE' },
  { title: 'SERVES', align: 'right' },
  { title: 'LATEST', align: 'right' },
  { title: 'RUNS IN' },
  { title: 'CHANGED' },
] as const;

function render(services: readonly ServiceSummary[]): string {
  if (services.length === 0) return 'There are no services yet. `keelson register NAME model.onnx` makes one.';
  return renderTable(COLUMNS, services.map(toRow));
}

const toRow = ({ service, champion, weights, latestVersion, declared, updatedAt }: ServiceSummary): string[] => [
  service,
  formatServing(champion, weights),
  latestVersion === 0 ? NONE : String(latestVersion),
  declared ? 'its own function' : 'the pool',
  updatedAt === null ? NONE : formatInstant(updatedAt),
];

/** The version that serves, or all with their shares where the traffic is split. */
function formatServing(champion: number | null, weights: ServiceSummary['weights']): string {
  const shares = Object.entries(weights);
  if (shares.length > 1) return shares.map(([version, share]) => `${version} (${Math.round(share * 100)} %)`).join(' ');
  return champion === null ? NONE : String(champion);
}
