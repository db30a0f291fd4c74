import { isJsonObject, type LosslessJson, NumberLiteral } from '../lossless-json.ts';
import { renderTable } from './table.ts';

/** More rows are for files and programs, not for eyes. */
const ROWS_SHOWN = 20;
const VALUES_SHOWN = 8;

interface Grid {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly LosslessJson[])[];
}

/** An inference answer for people: one line a row, one column an output. `--json` prints all of it. */
export function renderPredictions(answer: LosslessJson): string {
  const grids = toGrids(answer);
  return grids.length === 0 ? formatValue(answer) : grids.map(renderGrid).join('\n\n');
}

function toGrids(answer: LosslessJson): Grid[] {
  if (!isJsonObject(answer)) return [];
  if (Array.isArray(answer['predictions'])) return [recordsToGrid(answer['predictions'])];
  return Array.isArray(answer['outputs']) ? tensorsToGrids(answer['outputs'].filter(isJsonObject)) : [];
}

function recordsToGrid(records: readonly LosslessJson[]): Grid {
  const [first] = records;
  if (!isJsonObject(first)) return { titles: ['PREDICTION'], rows: records.map((record) => [record]) };
  const titles = Object.keys(first);
  return {
    titles,
    rows: records.map((record) => titles.map((title) => (isJsonObject(record) ? (record[title] ?? null) : record))),
  };
}

interface Column {
  readonly title: string;
  readonly rows: readonly LosslessJson[];
}

/** Outputs with equally many rows share a table. */
const tensorsToGrids = (outputs: readonly { [key: string]: LosslessJson }[]): Grid[] =>
  [...Map.groupBy(outputs.map(tensorToColumn), ({ rows }) => rows.length).values()].map(columnsToGrid);

const columnsToGrid = (columns: readonly Column[]): Grid => ({
  titles: columns.map(({ title }) => title),
  rows: (columns[0]?.rows ?? []).map((_, row) => columns.map(({ rows }) => rows[row] ?? null)),
});

function tensorToColumn({ name, shape, data }: { [key: string]: LosslessJson }): Column {
  const title = typeof name === 'string' ? name : 'OUTPUT';
  const values = flatten(data ?? []);
  const sizes = Array.isArray(shape)
    ? shape.map((size) => Number(size instanceof NumberLiteral ? size.text : Number.NaN))
    : [];
  const [count = 1, ...inner] = sizes;
  const width = inner.reduce((product, size) => product * size, 1);
  const row = (index: number) => values.slice(index * width, (index + 1) * width);
  return {
    title,
    rows: Array.from({ length: count }, (_, index) => (width === 1 ? (row(index)[0] ?? null) : row(index))),
  };
}

const flatten = (value: LosslessJson): LosslessJson[] => (Array.isArray(value) ? value.flatMap(flatten) : [value]);

function renderGrid({ titles, rows }: Grid): string {
  const columns = [
    { title: 'ROW', align: 'right' } as const,
    ...titles.map(
      (title, column) => ({ title, align: rows.every((row) => isNumber(row[column])) ? 'right' : 'left' }) as const,
    ),
  ];
  const shown = rows.slice(0, ROWS_SHOWN).map((row, index) => [String(index + 1), ...row.map(formatValue)]);
  const more = rows.length - shown.length;
  return renderTable(columns, shown) + (more > 0 ? `\n... and ${more} more; --json prints all` : '');
}

const isNumber = (value: LosslessJson | undefined): boolean => value instanceof NumberLiteral;

function formatValue(value: LosslessJson): string {
  if (value instanceof NumberLiteral) return formatNumber(value.text);
  if (Array.isArray(value)) return formatArray(value);
  if (isJsonObject(value))
    return Object.entries(value)
      .map(([key, inner]) => `${key}: ${formatValue(inner)}`)
      .join(', ');
  return String(value);
}

function formatArray(values: readonly LosslessJson[]): string {
  const shown = values.slice(0, VALUES_SHOWN).map(formatValue);
  if (values.length > VALUES_SHOWN) shown.push(`... ${values.length} values`);
  return `[${shown.join(', ')}]`;
}

/** Six digits of a fraction; integers and tokens as they stand. */
const formatNumber = (literal: string): string =>
  /[.eE]/.test(literal) ? String(Number(Number(literal).toPrecision(6))) : literal;
