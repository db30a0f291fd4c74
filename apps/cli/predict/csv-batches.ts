import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { BODY_LIMIT_BYTES } from '../../../core/contracts/limits.ts';
import { CliFailure } from '../cli-failure.ts';

export interface CsvBatch {
  /** The rows as they stand in the file, one a line. */
  readonly text: string;
  readonly bytes: number;
  /** Cells of the batch's first two rows. */
  readonly head: readonly (readonly string[])[];
}

export interface CsvBatchOptions {
  /** Whether the first row names the columns, and is left out. */
  readonly header: boolean;
  readonly maxRows: number;
  /** @default what the API takes */
  readonly maxBytes?: number;
}

/** Cuts CSV into pieces that the API takes, between rows and never within a quoted cell. Reads no further than it must. */
export async function* csvBatches(
  input: Readable,
  { header, maxRows, maxBytes = BODY_LIMIT_BYTES }: CsvBatchOptions,
): AsyncGenerator<CsvBatch> {
  let batch = emptyBatch();
  for await (const { raw, record } of readRows(input, header ? 2 : 1)) {
    const line = `${withoutLineBreaks(raw)}\n`;
    const bytes = Buffer.byteLength(line);
    if (batch.lines.length === maxRows || (batch.lines.length > 0 && batch.bytes + bytes > maxBytes)) {
      yield finish(batch);
      batch = emptyBatch();
    }
    batch.lines.push(line);
    batch.bytes += bytes;
    if (batch.head.length < 2) batch.head.push(record);
  }
  if (batch.lines.length > 0) yield finish(batch);
}

/** The parser leaves the end of the line, and of blank lines before it, to its rows. Within a row a line break stands in quotes. */
const withoutLineBreaks = (raw: string): string => raw.replace(/^[\r\n]+|[\r\n]+$/g, '');

interface OpenBatch {
  readonly lines: string[];
  readonly head: string[][];
  bytes: number;
}

const emptyBatch = (): OpenBatch => ({ lines: [], head: [], bytes: 0 });

const finish = ({ lines, head, bytes }: OpenBatch): CsvBatch => ({ text: lines.join(''), head, bytes });

interface Row {
  readonly raw: string;
  readonly record: string[];
}

async function* readRows(input: Readable, from: number): AsyncGenerator<Row> {
  const parser = parse({ raw: true, bom: true, skip_empty_lines: true, relax_column_count: true, from });
  // `pipe` passes data on, but not the failure to read it.
  input.on('error', (error) => parser.destroy(error));
  try {
    yield* input.pipe(parser) as AsyncIterable<Row>;
  } catch (error) {
    if (error instanceof CsvError)
      throw new CliFailure(`the input is not valid CSV: ${error.message}`, { cause: error });
    throw error;
  } finally {
    input.destroy();
  }
}

/** Whether the first row has text in a column where the second has a number: most likely it names the columns. */
export function looksLikeHeader([first, second]: CsvBatch['head']): boolean {
  return (first ?? []).some((cell, column) => !isNumeric(cell) && isNumeric(second?.[column] ?? ''));
}

const isNumeric = (cell: string): boolean =>
  /^(nan|[+-]?inf(inity)?)$/i.test(cell.trim()) || (Number.isFinite(Number(cell)) && cell.trim() !== '');
