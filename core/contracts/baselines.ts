import * as z from 'zod';
import { ServiceName } from './service-name.ts';
import { VERSION_LIMIT } from './version-number.ts';

/** Baselines of captured traffic: `POST` and `GET /api/services/{service}/versions/{version}/baseline`. */

const Instant = z.iso.datetime();
const DAY_MS = 86_400_000;
/** As long as captures are kept by default. */
const LONGEST_DAYS = 365;

/** Rows below which no window could be told from another. */
export const LEAST_BASELINE_ROWS = 500;

export const BaselineRequest = z
  .strictObject({
    /** Predictions made from then on ... */
    from: Instant,
    /** ... until then, exclusive. */
    to: Instant,
    /** Also where the version has a baseline: what was found by that one stays, and windows from now on are compared with the new one. */
    replace: z.boolean().default(false),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { error: 'from must be before to', path: ['from'] })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= LONGEST_DAYS * DAY_MS, {
    error: `from and to must be at most ${LONGEST_DAYS} days apart`,
    path: ['from'],
  });
export type BaselineRequest = z.infer<typeof BaselineRequest>;

export const BASELINE_STATES = ['PENDING', 'READY', 'FAILED'] as const;

/** A baseline of captured traffic that is being made, was made, or could not be. */
export const BaselineJob = z.object({
  service: ServiceName,
  version: z.number().int().min(1).max(VERSION_LIMIT),
  id: z.string(),
  from: Instant,
  to: Instant,
  state: z.enum(BASELINE_STATES),
  requestedAt: Instant,
  endedAt: Instant.optional(),
  /** Rows that it was made of. */
  rows: z.number().int().optional(),
  /** Captures delivered since `to` that were counted by it. */
  recounted: z.number().int().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type BaselineJob = z.infer<typeof BaselineJob>;

/** What the function that takes captures in is asked to do. */
export const BaselineTask = z.strictObject({
  baseline: z.strictObject({ service: ServiceName, version: z.number().int().min(1), id: z.string().min(1) }),
  /** When it was asked. */
  time: Instant,
});
export type BaselineTask = z.infer<typeof BaselineTask>;
