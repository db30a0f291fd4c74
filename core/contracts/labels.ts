import * as z from 'zod';
import { LABELS_LIMIT } from './limits.ts';
import { ServiceName } from './service-name.ts';

/** As inference takes them. */
export const PredictionId = z
  .string()
  .regex(
    /^[\x20-\x7e]{1,256}$/,
    'a prediction id is 1 to 256 printable ASCII characters: the x-keelson-prediction-id of an answer',
  );

export const LABEL_TEXT_LIMIT = 256;
const ROW_LIMIT = 10_000_000;

export const LabelValue = z.union([z.string().min(1).max(LABEL_TEXT_LIMIT), z.number(), z.boolean()], {
  error: `a label is a number, true, false or a text of 1 to ${LABEL_TEXT_LIMIT} characters`,
});

/** What turned out to be true of a prediction. */
export const LabelInput = z.strictObject({
  id: PredictionId,
  label: LabelValue,
  /** When it became known: of two labels of one prediction the later one counts. @default the time of the request */
  at: z.iso.datetime({ offset: true, error: 'a time is written as 2026-06-01T12:00:00Z' }).optional(),
  /** Which row of a prediction that has several, from 0. @default 0 */
  row: z.number().int().min(0).max(ROW_LIMIT).optional(),
});
export type LabelInput = z.infer<typeof LabelInput>;

/** POST /api/services/{service}/labels */
export const LabelBatch = z
  .array(LabelInput, { error: 'send a list: [{"id": "order-17", "label": 1, "at": "2026-06-01T12:00:00Z"}]' })
  .min(1, 'send at least one label')
  .max(LABELS_LIMIT, `send at most ${LABELS_LIMIT} labels in a request`);
export type LabelBatch = z.infer<typeof LabelBatch>;

const Count = z.number().int();

/** What became of the labels: received = accepted + duplicate + outdated + unknown. */
export const LabelReport = z.object({
  service: ServiceName,
  received: Count,
  /** New of a prediction that is known, or newer than what was known of it. */
  accepted: Count,
  /** Of the accepted, those that say something else than an older label did. */
  corrected: Count,
  /** Say what was known. */
  duplicate: Count,
  /** Say something else than is known, and are older: not kept. */
  outdated: Count,
  /** Of no captured prediction. They are kept: should the prediction appear, it has its label. */
  unknown: Count,
  /** The first of these. */
  unknownIds: z.array(z.string()),
});
export type LabelReport = z.infer<typeof LabelReport>;

/** How many unknown ids a report names. */
export const NAMED_UNKNOWN = 20;
