import { csvReader } from '../csv/csv-reader.ts';
import { isPlatformError, PlatformError } from '../errors.ts';
import { type JsonValue, parseJson } from '../json/parse-json.ts';
import { malformedRow } from './malformed-row.ts';

export type DatasetFormat = 'csv' | 'jsonlines';

/** A row of a data set: its values in the order of the header. Cells of CSV are texts yet. */
export type DatasetRow = readonly JsonValue[];

export interface DatasetReader {
  /** @throws `csv.malformed`, `baseline.malformed` */
  push(bytes: Uint8Array): void;
  end(): void;
  /** Names of the columns, once the first row is there. */
  header(): readonly string[] | undefined;
  /** Rows that are whole, which are then forgotten here. */
  take(): DatasetRow[];
}

const LINE_LIMIT_CHARACTERS = 4 * 1024 * 1024;

/**
 * Reads a data set in pieces of bytes: CSV with a header row, or JSON Lines, one object a row.
 *
 * The first object's names are the columns; one that a later object lacks is missing, one more is an error.
 */
export function datasetReader(format: DatasetFormat): DatasetReader {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw malformedRow('it is not UTF-8', { row: count + 1, column: '' });
    }
  };
  let names: readonly string[] | undefined;
  let rows: DatasetRow[] = [];
  let count = 0;
  const add = (row: DatasetRow): void => {
    count += 1;
    const width = names?.length ?? 0;
    if (row.length !== width) {
      throw malformedRow(`it has ${row.length} values for ${width} columns`, { row: count, column: '' });
    }
    rows.push(row);
  };
  const open = (header: readonly string[]): void => {
    const twice = header.find((name, at) => header.indexOf(name) !== at);
    if (twice !== undefined) throw malformedRow('the header names it twice', { row: 0, column: twice });
    names = header;
  };
  const reader =
    format === 'csv'
      ? csvReader((cells) => (names ? add(cells) : open(cells.map((name) => name.trim()))))
      : jsonLinesReader(
          (value) => {
            if (!names) open(Object.keys(value));
            add(valuesOf(value, names ?? [], count + 1));
          },
          () => count + 1,
        );
  return {
    push: (bytes) => reader.push(decode(bytes)),
    end() {
      reader.push(decode());
      reader.end();
    },
    header: () => names,
    take() {
      const taken = rows;
      rows = [];
      return taken;
    },
  };
}

type Fields = { readonly [name: string]: JsonValue };

function jsonLinesReader(onObject: (value: Fields) => void, row: () => number) {
  let rest = '';
  const read = (line: string): void => {
    if (line.trim() === '') return;
    const value = parsed(line, row());
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw malformedRow('each line must be an object with a value for each column', { row: row(), column: '' });
    }
    onObject(value);
  };
  return {
    push(text: string) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) read(line);
      if (rest.length > LINE_LIMIT_CHARACTERS) {
        throw malformedRow('it has more than 4 Mi characters', { row: row(), column: '' });
      }
    },
    end: () => read(rest),
  };
}

function parsed(line: string, row: number): JsonValue {
  try {
    return parseJson(line);
  } catch (error) {
    if (isPlatformError(error)) throw malformedRow('it is not JSON', { row, column: '' });
    throw error;
  }
}

function valuesOf(value: Fields, names: readonly string[], row: number): JsonValue[] {
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw malformedRow('the first line has no such column', { row, column: unknown });
  // hasOwn: a column may be called `constructor`.
  return names.map((name) => (Object.hasOwn(value, name) ? (value[name] as JsonValue) : null));
}

export const noRows = () =>
  new PlatformError('baseline.malformed', {
    message: 'the baseline has no rows; give a header row and at least one row of data',
    details: { row: 1, column: '', reason: 'there is no row' },
  });
