import type { EncodeStep } from '../declaration.ts';

type FittedEncode = EncodeStep & { readonly categories: readonly string[]; readonly shares: readonly number[] };

/** How a missing value is called among the columns of a one-hot encoding. */
const MISSING = '(missing)';
/** The column of what was rare in training or never seen. A category of that name would be a column beside it, so it has a bracket. */
const OTHER = '(other)';

/** The columns that an encoding makes of one. */
export const encodedColumns = ({ column, as, categories }: FittedEncode): readonly string[] =>
  as === 'one-hot'
    ? [...categories.map((each) => `${column}=${each === '' ? MISSING : each}`), `${column}=${OTHER}`]
    : [column];

/** How each category is written as one number; `other` is what is not among them. For one-hot the number is the column that is 1. */
export function categoryCodes({ as, categories, shares }: FittedEncode): {
  readonly codes: ReadonlyMap<string, number>;
  readonly other: number;
} {
  if (as === 'frequency') {
    return { codes: new Map(categories.map((each, i) => [each, Math.fround(shares[i] as number)])), other: 0 };
  }
  const codes = new Map(categories.map((each, i) => [each, i]));
  // Trees have a way of their own with what is missing.
  if (as === 'ordinal') codes.set('', Number.NaN);
  return { codes, other: categories.length };
}

/** FNV-1a over UTF-16 units, which every language computes alike. */
export function hashCode(category: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < category.length; i += 1) {
    const unit = category.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return (hash >>> 0) % buckets;
}
