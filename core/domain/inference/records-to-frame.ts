import { PlatformError } from '../errors.ts';
import type { JsonValue } from '../json/parse-json.ts';
import type { Frame } from './frames.ts';

/** More than any body holds, unless nearly all of them are missing. */
const CELL_LIMIT = 2 ** 22;

/** As pandas does it: the columns are whatever any record has, and what a record does not have is missing. */
export function recordsToFrame(records: readonly { readonly [column: string]: JsonValue }[]): Frame {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  if (columns.length * records.length > CELL_LIMIT) {
    throw invalid(
      `the records have ${columns.length} different columns in ${records.length} rows; at most ${CELL_LIMIT} values are taken`,
    );
  }
  // hasOwn: a column may be called `constructor`.
  const row = (record: (typeof records)[number]) =>
    columns.map((column) => (Object.hasOwn(record, column) ? (record[column] as JsonValue) : null));
  return { columns, rows: records.map(row) };
}

const invalid = (problem: string) =>
  new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
