import * as z from 'zod';
import { VersionNumber } from './api.ts';
import { ServiceName } from './service-name.ts';

/** What of a service's predictions is captured: written by `lib`, read by `lambdas/infer/wire.ts`. */
export const CaptureOptions = z.strictObject({
  service: ServiceName,
  /** Share of the predictions that is captured, 0 to 1. */
  samplingRate: z.number().min(0).max(1),
  /** Inputs, outputs or features whose values are replaced by a keyed hash. */
  hash: z.array(z.string()),
  /** Inputs, outputs or features that are left out. */
  drop: z.array(z.string()),
  /** Whom a prediction is about: an input or feature, or `header:NAME`. Its keyed hash stands in the record. */
  subject: z.string().optional(),
  /** How long the one request a second that starts a delivery may wait for it, in ms. */
  waitMs: z.number().int().min(0),
});
export type CaptureOptions = z.infer<typeof CaptureOptions>;

const PayloadOf = <Mode extends string>(mode: Mode) =>
  z.strictObject({
    observedContentType: z.string(),
    mode: z.literal(mode),
    /** The body as text, or in base64 where it is binary; empty where `keelson` says that it was withheld or truncated. */
    data: z.string(),
    encoding: z.enum(['JSON', 'CSV', 'BASE64']),
  });

/** One line of a capture object: SageMaker's data capture record, and what this platform knows beyond it. */
export const CaptureRecord = z.strictObject({
  captureData: z.strictObject({ endpointInput: PayloadOf('INPUT'), endpointOutput: PayloadOf('OUTPUT') }),
  eventMetadata: z.strictObject({
    /** Names this record: what was delivered twice has the same one. */
    eventId: z.string(),
    /** The prediction id, by which a label comes later. */
    inferenceId: z.string(),
    inferenceTime: z.iso.datetime(),
  }),
  eventVersion: z.literal('0'),
  keelson: z.strictObject({
    service: ServiceName,
    version: VersionNumber,
    /** `champion`, or `pinned` where the caller named the version. */
    variant: z.string(),
    /** Route of the API, as `POST /v2/models/fraud/infer`. */
    route: z.string(),
    /** Keyed hash of the request's `x-keelson-route-key`. */
    routeKey: z.string().optional(),
    /** Keyed hash of whom the prediction is about; one for each row where there are several. */
    subject: z.union([z.string(), z.array(z.string())]).optional(),
    /** Declared names that this version's model does not have: nobody knows where they stand, so no payload was written. */
    withheld: z.array(z.string()).optional(),
    /** Which payloads were left out because the record would have been larger than Firehose takes. */
    truncated: z.array(z.enum(['input', 'output'])).optional(),
  }),
});
export type CaptureRecord = z.infer<typeof CaptureRecord>;
