import { createHash } from 'node:crypto';
import type { FeatureMatrix } from '../../core/domain/training/feature-matrix.ts';
import { type CategoryEncoding, encodeColumns, type FeatureEncoder } from './encode-columns.ts';
import { columnIndex, readTable, type Table } from './read-table.ts';
import { type SplitOptions, splitTable } from './split-table.ts';

export interface TableOptions extends SplitOptions {
  readonly label: string;
  /** Columns that are no features, beside label and time. */
  readonly exclude: readonly string[];
  readonly encoding: CategoryEncoding;
}

export interface TablePart {
  readonly features: FeatureMatrix;
  readonly labels: Float64Array;
}

export interface PreparedTable {
  readonly train: TablePart;
  readonly holdout: TablePart;
  readonly featureNames: readonly string[];
  readonly categories: Readonly<Record<string, readonly string[]>>;
  /** Where labels are texts: the label is then the index in this list. */
  readonly classNames: readonly string[] | undefined;
  /** sha256 of the file's bytes, in hexadecimal. */
  readonly datasetDigest: string;
}

/** Reads a CSV file, parts its rows and encodes both parts by what the first says. The time column is no feature: the future has other times. */
export function prepareTable(path: string, options: TableOptions): PreparedTable {
  const { table, bytes } = readTable(path);
  const [train, holdout] = splitTable(table, options);
  const unused = [options.label, options.time, ...options.exclude];
  const names = table.columns.filter((name) => !unused.includes(name));
  const { encoders, categories } = encodeColumns(train, names, options);
  const classNames = textClasses(table, options.label);
  const read = (part: Table): TablePart => ({
    features: featuresOf(part, encoders),
    labels: labelsOf(part, options.label, classNames),
  });
  return {
    train: read(train),
    holdout: read(holdout),
    featureNames: encoders.map(({ name }) => name),
    categories,
    classNames,
    datasetDigest: createHash('sha256').update(bytes).digest('hex'),
  };
}

function featuresOf({ rows }: Table, encoders: readonly FeatureEncoder[]): FeatureMatrix {
  const values = new Float32Array(rows.length * encoders.length);
  rows.forEach((row, index) => {
    values.set(
      encoders.map(({ encode }) => encode(row)),
      index * encoders.length,
    );
  });
  return { values, rowCount: rows.length, featureCount: encoders.length };
}

/** Class names where labels are texts: the label is then the index in this list. */
function textClasses(table: Table, label: string): string[] | undefined {
  const index = columnIndex(table, label);
  const names = [...new Set(table.rows.map((row) => row[index] ?? ''))].sort();
  return names.every((name) => name !== '' && Number.isFinite(Number(name))) ? undefined : names;
}

function labelsOf(table: Table, label: string, classNames: readonly string[] | undefined): Float64Array {
  const index = columnIndex(table, label);
  return Float64Array.from(table.rows, (row) => {
    const text = row[index] ?? '';
    return classNames ? classNames.indexOf(text) : Number(text);
  });
}
