import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

/** A CSV file as it stands: texts, an empty one for a missing value. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Reads a CSV file with a header row, gzipped when its name ends in `.gz`. */
export function readTable(path: string): { table: Table; bytes: Uint8Array } {
  const bytes = readFileSync(path);
  const text = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  const [columns = [], ...rows] = parse(text, { bom: true, skip_empty_lines: true, trim: true }) as string[][];
  return { table: { columns, rows }, bytes };
}

/** @throws Error naming the columns there are */
export function columnIndex({ columns }: Table, name: string): number {
  const index = columns.indexOf(name);
  if (index < 0) throw new Error(`there is no column ${JSON.stringify(name)}; the columns are ${columns.join(', ')}`);
  return index;
}
