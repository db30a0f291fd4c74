import * as z from 'zod';

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
const INSTANT = z.iso.datetime();
const COUNT = z.int().min(0);

/** One file of a data set: JSON Lines, one row each, its columns by name. */
const DatasetObject = z.strictObject({ key: z.string().min(1), sha256: SHA256, bytes: COUNT, rows: COUNT });

/** Where rows came from: a window of captures, or a file that stood before. */
const DatasetSource = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('captures'),
    service: z.string().min(1),
    version: z.int().min(1),
    from: INSTANT,
    to: INSTANT,
    rows: COUNT,
  }),
  z.strictObject({ kind: z.literal('base'), key: z.string().min(1), sha256: SHA256, rows: COUNT }),
]);

/**
 * What a data set consists of. Its digest stands for all of it: trainers state the digest, and a changed byte in any part is another
 * data set. Numbers that are missing are `null` in the parts, texts that are missing are empty.
 */
export const DatasetManifest = z.strictObject({
  format: z.literal('keelson-dataset/1'),
  objects: z.array(DatasetObject).min(1),
  columns: z.array(z.strictObject({ name: z.string().min(1), type: z.enum(['number', 'text', 'time']) })).min(1),
  rows: COUNT,
  /** Column with what is to be predicted; null where there is none. */
  label: z.string().min(1).nullable(),
  /** Of the rows' times, both ends inclusive; null where rows have none. */
  timeRange: z.strictObject({ from: INSTANT, to: INSTANT }).nullable(),
  labelCoverage: z.strictObject({ rows: COUNT, labelled: COUNT }),
  sources: z.array(DatasetSource),
  /** sha256 of `canonicalManifest`, in lower-case hexadecimal. */
  digest: SHA256,
});
export type DatasetManifest = z.infer<typeof DatasetManifest>;
