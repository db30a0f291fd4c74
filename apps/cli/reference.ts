import type { Argument, Command, Option } from 'commander';
import { EXIT_CODES } from './exit-codes.ts';
import { GLOBAL_OPTIONS_GROUP } from './global-options.ts';

/** The reference page of the command line, in Markdown, from its definition. */
export function writeReference(program: Command): string {
  const isGlobal = (option: Option) => option.helpGroupHeading === GLOBAL_OPTIONS_GROUP;
  return `${[
    '# Command line',
    '<!-- Written by scripts/generate-cli-reference.ts; change the commands in apps/cli and run it again. -->',
    'In a clone, `npx keelson` runs it with the Node version that the project brings. `keelson --help` and `keelson COMMAND --help` say the same as this page.',
    overview(program),
    '## Options of every command',
    'They may stand before the name of the command or after it.',
    optionTable(program.options.filter(isGlobal)),
    EXIT_CODE_SECTION,
    AUTHORIZATION_SECTION,
    JSON_SECTION,
    ...program.commands.map((command) => commandSection(command, (option) => !isGlobal(option))),
  ].join('\n\n')}\n`;
}

const EXIT_CODE_SECTION = `## Exit codes

| code | meaning |
|---|---|
| ${EXIT_CODES.done} | done |
| ${EXIT_CODES.failed} | refused or failed; the reason is on stderr |
| ${EXIT_CODES.usage} | wrong usage: an unknown command or option, a missing or impossible argument |

What fails for a passing reason (no connection, 429, 5xx) is tried four times within a few seconds. That is harmless:
registrations, rollouts and rollbacks carry an \`Idempotency-Key\`.`;

const AUTHORIZATION_SECTION = `## Authorization

Requests to \`https://*.execute-api.*.amazonaws.com\` are signed with AWS credentials (SigV4, signing name \`execute-api\`): those in
\`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\` and \`AWS_SESSION_TOKEN\`, else those of the AWS CLI (version 2) with whatever profile is set.
Behind a domain of your own, \`--sign\` does the same with the region in \`AWS_REGION\`. With \`--token\` or \`KEELSON_TOKEN\` a bearer token is sent
instead. A platform on this machine wants neither, unless it was started with a token.`;

const JSON_SECTION = `## For machines

With \`--json\` a command that succeeds prints one JSON object as the last line of stdout, and nothing else there; one that fails prints nothing
there. Progress and messages go to stderr, progress bars to terminals only.`;

function overview(program: Command): string {
  const rows = program.commands.map((command) => [`[\`${command.name()}\`](#${command.name()})`, command.summary()]);
  return markdownTable(['command', 'does'], rows);
}

function commandSection(command: Command, isOwn: (option: Option) => boolean): string {
  const options = command.options.filter(isOwn);
  return [
    `## ${command.name()}`,
    command.description(),
    codeBlock(`keelson ${command.name()} ${command.usage()}`),
    ...(command.registeredArguments.length > 0 ? [argumentTable(command.registeredArguments)] : []),
    ...(options.length > 0 ? [optionTable(options)] : []),
    codeBlock(examplesOf(command)),
  ].join('\n\n');
}

const argumentTable = (args: readonly Argument[]): string =>
  markdownTable(
    ['argument', 'meaning'],
    args.map((argument) => [`\`${argument.name()}\``, argument.description]),
  );

const optionTable = (options: readonly Option[]): string =>
  markdownTable(
    ['option', 'meaning'],
    options.map((option) => [`\`${option.flags}\``, describeOption(option)]),
  );

function describeOption({ description, mandatory, argChoices, defaultValue }: Option): string {
  const facts = [
    ...(mandatory && defaultValue === undefined ? ['required'] : []),
    ...(argChoices ? [`one of: ${argChoices.join(', ')}`] : []),
    ...(defaultValue === undefined ? [] : [`default: ${String(defaultValue)}`]),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}

/** What the command's help shows below its options. */
function examplesOf(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  const [, examples = ''] = help.split('\nExamples:\n');
  return examples.replace(/^ {2}/gm, '').trim();
}

const codeBlock = (text: string): string => `\`\`\`\n${text}\n\`\`\``;

const markdownTable = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`).join('\n');

const escapeCell = (text: string): string => text.replaceAll('|', '\\|');
