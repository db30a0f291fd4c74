import { relative } from 'node:path';
import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { type NewProject, writeProject } from '../project/write-project.ts';
import { openSession } from '../session.ts';

export const addInitCommand = (program: Command, io: Io): Command =>
  program
    .command('init')
    .summary('start a project of your own')
    .description(
      'Writes a project of your own: its services (keelson.config.ts), a CDK app that uses the constructs (app.ts), and what npm and ' +
        'TypeScript need. Nothing is written over. The project depends on the checkout that runs this command, by its path: Keelson is ' +
        'not published, and it has to stay where it is, because Node.js strips no types from files below node_modules. npm links to it.',
    )
    .argument('[dir]', 'folder to write to; made where there is none', '.')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string, _options: unknown, command: Command) => {
      const project = await writeProject(directory);
      openSession(command, io).answer({ json: project, text: () => describe(project) });
    });

const EXAMPLES = `
Examples:
  npx keelson init ../shop-models
  cd ../shop-models && npm install && npm start`;

function describe({ directory, name, files }: NewProject): string {
  const place = relative(process.cwd(), directory);
  return [
    `${directory} is the project ${name}: ${files.join(', ')}`,
    '',
    'Next:',
    ...(place === '' ? [] : [`  cd ${place}`]),
    '  npm install',
    '  npm start',
  ].join('\n');
}
