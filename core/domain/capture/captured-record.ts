import type { Payload } from './redact-payload.ts';

/** What a capture record says, of what its counting needs. */
export interface CapturedRecord {
  readonly eventId: string;
  readonly predictionId: string;
  readonly atMs: number;
  readonly service: string;
  readonly version: number;
  readonly route: string;
  readonly input: Payload;
  readonly output: Payload;
  readonly isWithheld: boolean;
  readonly isTruncated: boolean;
  /** Whom it is about: one for all rows or one for each; empty where nobody says. */
  readonly subjects: readonly string[];
}

type Fields = { readonly [key: string]: unknown };

/** A line of a capture object; undefined for what is no record of ours: objects are read by others, and may be written by them. */
export function parseCapturedRecord(line: string): CapturedRecord | undefined {
  const record = parsed(line);
  const { captureData, eventMetadata, keelson } = record;
  const { endpointInput, endpointOutput } = fields(captureData);
  const { eventId, inferenceId, inferenceTime } = fields(eventMetadata);
  const { service, version, route, withheld, truncated, subject } = fields(keelson);
  const input = payloadOf(endpointInput);
  const output = payloadOf(endpointOutput);
  const atMs = typeof inferenceTime === 'string' ? Date.parse(inferenceTime) : Number.NaN;
  if (!input || !output || Number.isNaN(atMs)) return undefined;
  if (typeof eventId !== 'string' || typeof inferenceId !== 'string' || typeof service !== 'string') return undefined;
  if (typeof version !== 'number' || typeof route !== 'string') return undefined;
  const isWithheld = withheld !== undefined;
  const isTruncated = truncated !== undefined;
  const subjects = [subject].flat().filter((each) => typeof each === 'string');
  return {
    eventId,
    predictionId: inferenceId,
    atMs,
    service,
    version,
    route,
    input,
    output,
    isWithheld,
    isTruncated,
    subjects,
  };
}

function payloadOf(value: unknown): Payload | undefined {
  const { observedContentType, encoding, data } = fields(value);
  if (typeof observedContentType !== 'string' || typeof data !== 'string') return undefined;
  if (encoding !== 'JSON' && encoding !== 'CSV' && encoding !== 'BASE64') return undefined;
  return { contentType: observedContentType, encoding, data };
}

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

function parsed(line: string): Fields {
  try {
    return fields(JSON.parse(line));
  } catch {
    // A line that was cut off, or is none of ours.
    return {};
  }
}
