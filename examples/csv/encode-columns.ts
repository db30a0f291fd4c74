import { columnIndex, type Table } from './read-table.ts';

/** How categories become numbers: one code each, which suits trees, or one 0/1 feature each, which suits linear models. */
export type CategoryEncoding = 'ordinal' | 'one-hot';

/** One feature: where it is read and how. */
export interface FeatureEncoder {
  readonly name: string;
  /** NaN for a missing value and for a category that training has not seen. */
  readonly encode: (row: readonly string[]) => number;
}

export interface ColumnEncoding {
  readonly encoders: readonly FeatureEncoder[];
  /** Categories by column, in the order of their codes. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

/**
 * Decides from the training rows how each column becomes a feature: a number stays one; a column with any other text is
 * categorical, its categories sorted.
 */
export function encodeColumns(
  table: Table,
  names: readonly string[],
  { encoding }: { encoding: CategoryEncoding },
): ColumnEncoding {
  const parts = names.map((name) => {
    const index = columnIndex(table, name);
    const cells = new Set(table.rows.map((row) => row[index] ?? ''));
    cells.delete('');
    if ([...cells].every(isNumber)) return { encoders: [numberEncoder(name, index)], categories: {} };
    const categories = [...cells].sort();
    const make = encoding === 'ordinal' ? ordinalEncoders : oneHotEncoders;
    return { encoders: make(name, index, categories), categories: { [name]: categories } };
  });
  return {
    encoders: parts.flatMap(({ encoders }) => encoders),
    categories: Object.assign({}, ...parts.map(({ categories }) => categories)) as Record<string, string[]>,
  };
}

const SPECIAL = new Set(['NaN', 'Infinity', '-Infinity']);

const isNumber = (cell: string): boolean => SPECIAL.has(cell) || (cell !== '' && Number.isFinite(Number(cell)));

const toNumber = (cell: string): number => (cell === '' ? Number.NaN : Number(cell));

const numberEncoder = (name: string, index: number): FeatureEncoder => ({
  name,
  encode: (row) => toNumber(row[index] ?? ''),
});

function ordinalEncoders(name: string, index: number, categories: readonly string[]): FeatureEncoder[] {
  const codes = new Map(categories.map((category, code) => [category, code]));
  return [{ name, encode: (row) => codes.get(row[index] ?? '') ?? Number.NaN }];
}

const oneHotEncoders = (name: string, index: number, categories: readonly string[]): FeatureEncoder[] =>
  categories.map((category) => ({
    name: `${name}=${category}`,
    encode: (row) => ((row[index] ?? '') === '' ? Number.NaN : Number(row[index] === category)),
  }));
