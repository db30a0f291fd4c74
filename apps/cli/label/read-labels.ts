import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { LabelInput } from '../../../core/contracts/labels.ts';
import { CliFailure } from '../cli-failure.ts';

/** A label of the file, and where its line ends, in bytes from the beginning. */
export interface ReadLabel {
  readonly label: LabelInput;
  readonly bytes: number;
}

const REQUIRED = ['id', 'label'] as const;
const OPTIONAL = ['at', 'row'] as const;
const COLUMNS: readonly string[] = [...REQUIRED, ...OPTIONAL];

/** Reads labels from CSV whose first row names the columns id, label, at and row, in any order. @throws CliFailure naming the line */
export async function* readLabels(input: Readable): AsyncGenerator<ReadLabel> {
  const parser = parse({ bom: true, skip_empty_lines: true, trim: true, info: true, columns: checkColumns });
  // `pipe` passes data on, but not the failure to read it.
  input.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<Row>) {
      yield { label: toLabel(record, info.lines), bytes: info.bytes };
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new CliFailure(`the labels are not valid CSV: ${error.message}`, { cause: error });
    throw error;
  } finally {
    input.destroy();
  }
}

interface Row {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number; readonly bytes: number };
}

function checkColumns(names: string[]): string[] {
  const missing = REQUIRED.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !COLUMNS.includes(name));
  if (missing.length === 0 && unknown.length === 0 && new Set(names).size === names.length) return names;
  throw new CliFailure(
    `the first row must name the columns ${REQUIRED.join(', ')}, and may name ${OPTIONAL.join(' and ')}, each once; got ${names.join(', ')}`,
  );
}

function toLabel({ id, label = '', at, row }: Row['record'], line: number): LabelInput {
  const parsed = LabelInput.safeParse({
    id,
    label: toValue(label),
    ...(at && { at }),
    ...(row && { row: Number(row) }),
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CliFailure(`line ${line} of the labels: ${problems.join('; ')}`);
}

/** CSV has no types: what reads as a number is one, and so are true and false what they say. */
function toValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  // Number() would also take 0x10, and a code such as 007 is no number to whoever wrote it.
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}
