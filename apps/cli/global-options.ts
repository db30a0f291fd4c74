import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageFailure } from './usage-failure.ts';

export const DEFAULT_URL = 'http://127.0.0.1:8080';

/** Options of every command. They may stand before the command's name or after it. */
export interface GlobalOptions {
  readonly url?: string;
  readonly json?: boolean;
  readonly token?: string;
  readonly sign?: boolean;
}

export const GLOBAL_OPTIONS_GROUP = 'Options of every command:';

export const globalOptions = (): Option[] =>
  [
    new Option('--url <url>', `API to talk to (env: KEELSON_URL, default: ${DEFAULT_URL})`).argParser(parseUrl),
    new Option('--json', 'print one JSON object on the last line, for machines'),
    new Option(
      '--token <token>',
      'send "Authorization: Bearer <token>": a JWT, or the token `npm start` was given (env: KEELSON_TOKEN)',
    ),
    new Option(
      '--sign',
      'sign requests with AWS credentials (default: where the host is API Gateway); for a domain of your own, AWS_REGION tells the region',
    ),
    new Option('--no-sign', 'never sign requests'),
  ].map((option) => option.helpGroup(GLOBAL_OPTIONS_GROUP));

export interface Settings {
  readonly url: string;
  readonly json: boolean;
  readonly token: string | undefined;
  readonly sign: boolean | undefined;
}

/** What a command was told: what stands nearest to it wins, then what stands before its name, then the environment. */
export function readSettings(command: Command, env: Readonly<Record<string, string | undefined>>): Settings {
  const given: GlobalOptions = { ...command.parent?.opts<GlobalOptions>(), ...command.opts<GlobalOptions>() };
  return {
    url: given.url ?? readUrl(env['KEELSON_URL']),
    json: given.json ?? false,
    token: given.token ?? present(env['KEELSON_TOKEN']),
    sign: given.sign,
  };
}

// An empty variable is how a shell unsets one for a single command.
const present = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

function readUrl(variable: string | undefined): string {
  const url = present(variable);
  if (url === undefined) return DEFAULT_URL;
  if (isHttpUrl(url)) return url;
  throw new UsageFailure(
    `KEELSON_URL is ${JSON.stringify(url)}, which is not an http or https URL; for example ${DEFAULT_URL}`,
  );
}

function parseUrl(text: string): string {
  if (isHttpUrl(text)) return text;
  throw new InvalidArgumentError(`It must be an http or https URL, for example ${DEFAULT_URL}.`);
}

const isHttpUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');
