/** Object keys in the artifact bucket. Artifacts are addressed by content, so that one key can only ever hold one model. */
export const ARTIFACT_PREFIX = 'artifacts/';
export const artifactKey = (sha256: string): string => `${ARTIFACT_PREFIX}sha256/${sha256}`;

/** Where uploads wait to be registered; the bucket expires this prefix. */
export const UPLOAD_PREFIX = 'uploads/';

export const uploadsOf = (service: string): string => `${UPLOAD_PREFIX}${service}/`;
export const uploadKey = (service: string, uploadId: string): string => `${uploadsOf(service)}${uploadId}`;

/** What versions' traffic is compared with: `baselines/{service}/{version}/profile.json`, `statistics.json`, `constraints.json`. */
export const BASELINE_PREFIX = 'baselines/';
export const baselineOf = (service: string, version: number): string => `${BASELINE_PREFIX}${service}/${version}/`;
/** Where a baseline is written before its version has a number: by what it is made of, so that nobody else writes another there. */
export const preparedBaselines = (service: string): string => `${BASELINE_PREFIX}${service}/sha256/`;
export const preparedBaseline = (service: string, hash: string): string => `${preparedBaselines(service)}${hash}/`;

/** Object keys in the capture bucket: `captures/{service}/yyyy/mm/dd/hh/*.jsonl`. */
export const CAPTURE_PREFIX = 'captures/';
export const capturesOf = (service: string): string => `${CAPTURE_PREFIX}${service}/`;
/** Whose captures an object holds; undefined for a key that is none of a capture object. */
export const serviceOfCaptures = (key: string): string | undefined => /^captures\/([^/]+)\/.+/.exec(key)?.[1];
/** What Firehose could not deliver as it should. Beside the captures, so that a reader of captures meets none of it. */
export const CAPTURE_ERROR_PREFIX = 'capture-errors/';
export const captureErrorsOf = (service: string): string => `${CAPTURE_ERROR_PREFIX}${service}/`;

/**
 * Counts of capture objects, beside them: `counts/{service}/{version}/{fingerprint of the baseline}/{slot, yyyymmddThhmmZ}/{hash of the object's key}.json`.
 * The name is a function of what was counted, so that counting it again replaces it.
 */
export const COUNTS_PREFIX = 'counts/';
type CountsName = { readonly service: string; readonly version: number; readonly baseline: string };
export const countsOf = ({ service, version, baseline }: CountsName): string =>
  `${COUNTS_PREFIX}${service}/${version}/${baseline}/`;

/** Reports of evaluated windows, beside the captures: a folder for each window, a file for each revision. */
export const REPORT_PREFIX = 'reports/';
type ReportName = { readonly id: string; readonly revision: number };
export const reportKey = (service: string, { id, revision }: ReportName): string =>
  `${REPORT_PREFIX}${service}/${id}/${revision}.json`;
/** Model Monitor's file, of the same revision. */
export const violationsKey = (service: string, { id, revision }: ReportName): string =>
  `${REPORT_PREFIX}${service}/${id}/${revision}/constraint_violations.json`;
/** What monitors remember between windows. */
export const MONITOR_PREFIX = 'monitor/';
export const monitorStateOf = (service: string, version: number): string => `${MONITOR_PREFIX}${service}/${version}/`;
