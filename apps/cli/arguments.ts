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

/** `2026-06-01T12:00:00Z`, or `2026-06-01` for its first moment in UTC. */
export function parseInstant(text: string): string {
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new InvalidArgumentError('A time is written as 2026-06-01T12:00:00Z, or a day as 2026-06-01.');
}
