/** What a column holds. Numbers are float32, as the model sees them; times are milliseconds since 1970 in float64. */
export type ColumnType = 'text' | 'number' | 'time';

export interface SelectStep {
  readonly op: 'select' | 'drop';
  readonly columns: readonly string[];
}
export interface RenameStep {
  readonly op: 'rename';
  readonly from: string;
  readonly to: string;
}
/** What a raw column is: without one it is text. Comes before any other step that reads the column. */
export interface CastStep {
  readonly op: 'cast';
  readonly columns: readonly string[];
  readonly to: 'number' | 'integer' | 'boolean' | 'text' | 'time';
  /** What becomes of a cell that is none: the row is rejected, or the cell is missing. @default 'reject' */
  readonly onInvalid?: 'reject' | 'missing' | undefined;
}
export interface ImputeStep {
  readonly op: 'impute';
  readonly column: string;
  readonly with: 'constant' | 'mean' | 'median' | 'most-frequent';
  /** For `constant`. */
  readonly value?: number | string | undefined;
  /** Name of one more column: 1 where the cell was missing, else 0. @default - none */
  readonly indicator?: string | undefined;
}
export interface ScaleStep {
  readonly op: 'scale';
  readonly column: string;
  /** (x − mean)/sd, (x − min)/(max − min), (x − median)/(q75 − q25), or ln(1 + x). */
  readonly by: 'standard' | 'min-max' | 'robust' | 'log1p';
}
export interface ClipStep {
  readonly op: 'clip';
  readonly column: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}
/** The number of edges at or below the value. */
export interface BucketizeStep {
  readonly op: 'bucketize';
  readonly column: string;
  /** Edges as they are given, or this many bins of equal counts. */
  readonly edges?: readonly number[] | undefined;
  readonly quantiles?: number | undefined;
}
export interface EncodeStep {
  readonly op: 'encode';
  readonly column: string;
  readonly as: 'one-hot' | 'ordinal' | 'frequency' | 'hash';
  /** Categories that are rarer in training go together with those never seen. @default 1 */
  readonly minCount?: number | undefined;
  /** The most frequent ones are kept. @default 100 */
  readonly maxCategories?: number | undefined;
  /** For `hash`. */
  readonly buckets?: number | undefined;
}
export interface DeriveStep {
  readonly op: 'derive';
  readonly name: string;
  readonly expression: string;
}
export type WindowAggregate = 'count' | 'sum' | 'mean' | 'min' | 'max' | 'std' | 'distinct';
/** An aggregate of earlier rows with the same key: strictly before the row's own time, and of the label only what was known by then. */
export interface WindowStep {
  readonly op: 'window';
  readonly name: string;
  readonly of: string;
  readonly aggregate: WindowAggregate;
  readonly by: readonly string[];
  readonly time: string;
  /** The last rows of the key, or all within a span. One of the two. */
  readonly lastRows?: number | undefined;
  readonly lastMs?: number | undefined;
}
export interface FilterStep {
  readonly op: 'filter';
  /** Rows for which it is neither 0 nor missing stay. */
  readonly expression: string;
}
export interface DeduplicateStep {
  readonly op: 'deduplicate';
  readonly columns: readonly string[];
}

export type Step =
  | SelectStep
  | RenameStep
  | CastStep
  | ImputeStep
  | ScaleStep
  | ClipStep
  | BucketizeStep
  | EncodeStep
  | DeriveStep
  | WindowStep
  | FilterStep
  | DeduplicateStep;

/** Which rows are trained on. */
export type Split =
  | {
      readonly time: string;
      /** Shares of the rows in the order of time; the rest is held out. */
      readonly train: number;
      readonly validation: number;
      /** Rows this close before a boundary are left out. @default - the label's delay */
      readonly gapMs?: number | undefined;
    }
  /** Every so-manieth row, from the first, is held out. */
  | { readonly holdoutEvery: number };

export interface Declaration {
  /** Cells that stand for a missing value, beside the empty one. @default - none */
  readonly missing?: readonly string[] | undefined;
  readonly steps: readonly Step[];
  readonly label?:
    | {
        readonly column: string;
        /** How long after the row's time its label is known. @default 0 */
        readonly delayMs?: number | undefined;
      }
    | undefined;
  /** @default - all rows are trained on */
  readonly split?: Split | undefined;
  /** Columns that are written out and are no features. @default - none */
  readonly carry?: readonly string[] | undefined;
  /** Features that the caller computes and sends, since no graph can: windows, hours of a time, hashes. @default - none */
  readonly fromCaller?: readonly string[] | undefined;
}

/** A step with what it has learnt from training rows: all that is needed to apply it. */
export type FittedStep =
  | Exclude<Step, ImputeStep | ScaleStep | BucketizeStep | EncodeStep>
  | (ImputeStep & { readonly fill: number | string })
  | (ScaleStep & { readonly center: number; readonly spread: number })
  | (BucketizeStep & { readonly fitted: readonly number[] })
  | (EncodeStep & { readonly categories: readonly string[]; readonly shares: readonly number[] });
