import type { CaptureOptions } from '../capture.ts';
import type { InferEnvironment } from '../environment.ts';
import { SERVICE_NAME_PATTERN } from '../service-name-pattern.ts';
import { hasOnly, isFields, isListOf, isOptionalText, isText, isWhole } from './guards.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of an inference function; undefined: ask `InferEnvironment`. */
export function quickInferEnvironment(variables: Variables): InferEnvironment | undefined {
  const { ARTIFACT_BUCKET, REGISTRY_TABLE, MODEL_CACHE_MIB = '', ORT_DISABLE_TELEMETRY } = variables;
  const { CAPTURE_OPTIONS, CAPTURE_STREAM } = variables;
  if (!ARTIFACT_BUCKET || !REGISTRY_TABLE || ORT_DISABLE_TELEMETRY !== '1') return undefined;
  if (!/^[1-9]\d{0,8}$/.test(MODEL_CACHE_MIB)) return undefined;
  const options = readCaptureOptions(CAPTURE_OPTIONS);
  if (options === 'unknown') return undefined;
  return {
    ARTIFACT_BUCKET,
    REGISTRY_TABLE,
    MODEL_CACHE_MIB: Number(MODEL_CACHE_MIB),
    ...(CAPTURE_OPTIONS !== undefined && { CAPTURE_OPTIONS: options }),
    ...(CAPTURE_STREAM !== undefined && { CAPTURE_STREAM }),
    ORT_DISABLE_TELEMETRY,
  };
}

function readCaptureOptions(text: string | undefined): CaptureOptions | undefined | 'unknown' {
  if (text === undefined || text === '') return undefined;
  try {
    const options: unknown = JSON.parse(text);
    return isCaptureOptions(options) ? options : 'unknown';
  } catch {
    // No JSON: the schema tells.
    return 'unknown';
  }
}

const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;

function isCaptureOptions(value: unknown): value is CaptureOptions {
  if (!isFields(value)) return false;
  if (!hasOnly(value, ['service', 'samplingRate', 'hash', 'drop', 'subject', 'waitMs'])) return false;
  const { service, samplingRate, hash, drop, subject, waitMs } = value;
  return (
    isText(service) &&
    SERVICE_NAME_PATTERN.test(service) &&
    isShare(samplingRate) &&
    isListOf(hash, isText) &&
    isListOf(drop, isText) &&
    isOptionalText(subject) &&
    isWhole(waitMs, 0)
  );
}
