import { invalidArgument } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';

const MAX_PAGE = 1000;
const MAX_INTEGER = 2_147_483_647;

/** How many entries a page may have. @throws `InvalidArgument` */
export function pageSize({ query }: S3Request, parameter: string): number {
  return Math.min(integerParameter(query, { parameter, byDefault: MAX_PAGE }), MAX_PAGE);
}

/** @throws `InvalidArgument` for anything but an integer of 0 or more */
export function integerParameter(
  query: ReadonlyMap<string, string>,
  { parameter, byDefault }: { parameter: string; byDefault: number },
): number {
  const given = query.get(parameter);
  if (given === undefined || given === '') return byDefault;
  const value = Number(given);
  if (/^\d+$/.test(given) && value <= MAX_INTEGER) return value;
  throw invalidArgument(parameter, given, `Provided ${parameter} not an integer or within integer range`);
}

/** How keys are written in a listing: as they are, or encoded when the client asks for it because XML cannot hold every character. */
export function keyEncoder({ query }: S3Request): (key: string) => string {
  const encoding = query.get('encoding-type');
  if (encoding === undefined) return (key) => key;
  if (encoding !== 'url') {
    throw invalidArgument('encoding-type', encoding, 'Invalid Encoding Method specified in Request');
  }
  return urlEncoded;
}

/** As forms are encoded, but for the slash. */
const urlEncoded = (key: string) =>
  encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
