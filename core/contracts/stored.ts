import * as z from 'zod';
import { LabelValue } from './labels.ts';
import { ServiceName } from './service-name.ts';
import { Series } from './windows.ts';

/** Items of the registry table, besides their keys (see table-keys.ts). Read through these schemas: a bad item fails at the door. */

export const StoredState = z.object({
  service: ServiceName,
  latestVersion: z.number().int(),
  champion: z.number().int().nullable(),
  earlierChampions: z.array(z.number().int()),
  revision: z.number().int(),
  updatedAt: z.string(),
});

export type StoredState = z.infer<typeof StoredState>;

export const StoredRequest = z.object({
  fingerprint: z.string(),
  version: z.number().int().optional(),
  rolloutId: z.string().optional(),
});

export const StoredCaptureSalt = z.object({
  /** 32 random bytes in base64. */
  salt: z.base64().length(44),
});

export const StoredHealth = z.object({
  version: z.number().int(),
  crashes: z.number().int(),
  lastCrashAt: z.string(),
  reason: z.string(),
  quarantinedAt: z.string().optional(),
});

export const StoredPrediction = z.object({ id: z.string(), atMs: z.number() });

export const StoredRecent = z.object({ atMs: z.number(), digests: z.instanceof(Uint8Array) });

export const StoredLabel = z.object({
  id: z.string(),
  row: z.number().int(),
  value: LabelValue,
  atMs: z.number(),
});

export const StoredLabelledHour = z.object({
  hour: z.string(),
  labels: z.number().int(),
  corrections: z.number().int(),
  changedAtMs: z.number(),
});

export const StoredMark = z.object({ slotMs: z.number(), marks: z.number().int(), markedAtMs: z.number() });

export const StoredCursor = z.object({
  version: z.number().int(),
  series: Series,
  toMs: z.number(),
  revision: z.number().int(),
  memory: z.string(),
});
