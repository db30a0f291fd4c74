import * as z from 'zod';
import type { Declaration } from '../domain/preparation/declaration.ts';

const Column = z.string().min(1).max(256);
const Columns = z.array(Column).min(1);
const Expression = z.string().min(1).max(2_000);

const Step = z.discriminatedUnion('op', [
  z.strictObject({ op: z.enum(['select', 'drop']), columns: Columns }),
  z.strictObject({ op: z.literal('rename'), from: Column, to: Column }),
  z.strictObject({
    op: z.literal('cast'),
    columns: Columns,
    to: z.enum(['number', 'integer', 'boolean', 'text', 'time']),
    onInvalid: z.enum(['reject', 'missing']).optional(),
  }),
  z.strictObject({
    op: z.literal('impute'),
    column: Column,
    with: z.enum(['constant', 'mean', 'median', 'most-frequent']),
    value: z.union([z.number(), z.string().min(1)]).optional(),
    indicator: Column.optional(),
  }),
  z.strictObject({ op: z.literal('scale'), column: Column, by: z.enum(['standard', 'min-max', 'robust', 'log1p']) }),
  z.strictObject({ op: z.literal('clip'), column: Column, min: z.number().optional(), max: z.number().optional() }),
  z.strictObject({
    op: z.literal('bucketize'),
    column: Column,
    edges: z.array(z.number()).min(1).max(1_000).optional(),
    quantiles: z.int().min(2).max(1_000).optional(),
  }),
  z.strictObject({
    op: z.literal('encode'),
    column: Column,
    as: z.enum(['one-hot', 'ordinal', 'frequency', 'hash']),
    minCount: z.int().min(1).optional(),
    maxCategories: z.int().min(1).max(10_000).optional(),
    buckets: z.int().min(1).max(1_000_000).optional(),
  }),
  z.strictObject({ op: z.literal('derive'), name: Column, expression: Expression }),
  z.strictObject({
    op: z.literal('window'),
    name: Column,
    of: Column,
    aggregate: z.enum(['count', 'sum', 'mean', 'min', 'max', 'std', 'distinct']),
    by: z.array(Column),
    time: Column,
    lastRows: z.int().min(1).max(100_000).optional(),
    lastMs: z.int().min(1).optional(),
  }),
  z.strictObject({ op: z.literal('filter'), expression: Expression }),
  z.strictObject({ op: z.literal('deduplicate'), columns: Columns }),
]);

const Share = z.number().min(0).max(1);

/** How raw rows become features, as people write it in a file. */
export const PreparationDeclaration: z.ZodType<Declaration> = z.strictObject({
  missing: z.array(z.string().min(1)).optional(),
  steps: z.array(Step).min(1).max(1_000),
  label: z.strictObject({ column: Column, delayMs: z.int().min(0).optional() }).optional(),
  split: z
    .union([
      z
        .strictObject({ time: Column, train: Share, validation: Share, gapMs: z.int().min(0).optional() })
        .refine(({ train, validation }) => train > 0 && train + validation <= 1, {
          error: 'the shares of train and validation have to be above 0 and at most 1 together',
        }),
      z.strictObject({ holdoutEvery: z.int().min(2) }),
    ])
    .optional(),
  carry: z.array(Column).optional(),
  fromCaller: z.array(Column).optional(),
});
