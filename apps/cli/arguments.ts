import { Argument, InvalidArgumentError } from 'commander';
import { VersionNumber } from '../../core/contracts/api.ts';
import { ServiceName } from '../../core/contracts/service-name.ts';

export const serviceArgument = (): Argument =>
  new Argument('<service>', 'name of the service, for example "fraud"').argParser((text: string) => {
    const parsed = ServiceName.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`${parsed.error.issues[0]?.message}.`);
  });

export const versionArgument = (): Argument =>
  new Argument('<version>', 'number of the version').argParser(parseVersion);

export function parseVersion(text: string): number {
  const parsed = VersionNumber.safeParse(/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('A version is a number: 1, 2, 3 ...');
}

export function parseRowCount(text: string): number {
  const rows = /^\d+$/.test(text) ? Number(text) : 0;
  if (rows >= 1) return rows;
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}
