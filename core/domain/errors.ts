/** What each failure must tell: the code decides which details are given. Details never hold payloads or secrets. */
export interface ErrorDetails {
  'request.malformed': { reason: string };
  'request.invalid': { problems: readonly string[] };
  'request.route_not_found': { method: string; path: string };
  'request.body_too_large': { bytes: number; limitBytes: number };
  'request.unsupported_media_type': { got: string; allowed: readonly string[] };
  'request.unsupported_encoding': { got: string; allowed: readonly string[] };
  'infer.input_missing': { input: string; expected: readonly string[] };
  'infer.input_unknown': { input: string; expected: readonly string[] };
  'infer.input_duplicate': { input: string };
  'infer.datatype_mismatch': { tensor: string; got: string; expected: string };
  'infer.shape_mismatch': { tensor: string; got: readonly number[]; expected: readonly (number | string)[] };
  'infer.value_invalid': { tensor: string; index: number; datatype: string };
  'infer.output_unknown': { output: string; expected: readonly string[] };
  'infer.model_failed': { service: string; version: number };
  'infer.no_version': { service: string };
  'infer.deadline_exceeded': { service: string; version: number; limitMs: number };
  'infer.model_crashed': { service: string; version: number };
  'infer.model_out_of_memory': { service: string; version: number; limitMiB: number };
  'infer.process_lost': { service: string; version: number };
  'infer.quarantined': { service: string; version: number; crashes: number; since: string };
  'registry.name_invalid': { name: string };
  'registry.service_not_found': { service: string };
  'registry.version_not_found': { service: string; version: number };
  'registry.contended': { service: string; attempts: number };
  'registry.revision_conflict': { service: string; expected: number };
  'registry.nothing_to_roll_back': { service: string; champion: number | null };
  'registry.already_champion': { service: string; version: number };
  'registry.version_quarantined': { service: string; version: number; since: string };
  'registry.not_quarantined': { service: string; version: number };
  'registry.unavailable': { operation: string };
  'registry.idempotency_mismatch': { key: string };
  'labels.not_captured': { service: string };
  'captures.unavailable': { key: string };
  'window.not_found': { service: string; id: string };
  'alarms.unavailable': { operation: string };
  'rollout.not_found': { service: string; id: string };
  'artifact.not_uploaded': { service: string; sha256: string };
  'artifact.too_large': { bytes: number; limitBytes: number };
  'artifact.checksum_mismatch': { expected: string; got: string };
  'artifact.store_unavailable': { operation: string };
  'artifact.unavailable': { sha256: string };
  'admission.load_failed': { reason: string };
  'admission.load_too_slow': { loadMs: number; budgetMs: number };
  'admission.memory_exceeded': { peakMiB: number; budgetMiB: number };
  'admission.latency_exceeded': { p99Ms: number; budgetMs: number };
  'admission.hangs': { waitedMs: number; budgetMs: number };
  'admission.crashes': { during: 'load' | 'run' };
  'admission.unavailable': { service: string };
  'onnx.malformed': { offset: number; reason: string };
  'onnx.unsupported': { what: string; tensor?: string };
  'onnx.external_data_missing': { locations: readonly string[] };
  'onnx.external_data_unsafe': { location: string; tensor: string };
  'onnx.external_data_invalid': { location: string; tensor: string; reason: string };
  'training.no_rows': { got: number };
  'training.shape_mismatch': { what: string; got: number; expected: number };
  'training.label_invalid': { row: number; got: string };
  'training.weight_invalid': { row: number; got: string };
  'training.one_class': { classes: readonly number[] };
  'training.option_invalid': { option: string; got: string; allowed: string };
  'preparation.invalid': { step: number; problem: string };
  'preparation.expression_invalid': { expression: string; position: number; problem: string };
  'preparation.too_many_categories': { step: number; column: string; limit: number };
  'preparation.not_servable': { op: string; columns: readonly string[] };
  'csv.malformed': { row: number; column: number; reason: string };
  'profile.mismatch': { what: string; expected: string; got: string };
  'profile.malformed': { reason: string };
  'baseline.malformed': { row: number; column: string; reason: string };
  'baseline.not_captured': { service: string };
  'baseline.exists': { service: string; version: number };
  'baseline.in_progress': { service: string; version: number };
  'baseline.not_found': { service: string; version: number };
  'baseline.no_captures': { service: string; version: number; from: string; to: string };
  'baseline.too_few_rows': { rows: number; least: number };
  'baseline.columns_mismatch': { expected: readonly string[]; got: readonly string[] };
  'baseline.too_slow': { rows: number; limitMs: number };
  'quality.malformed': { file: string; reason: string };
  'drift.setting_invalid': { setting: string; got: string; allowed: string };
  'bias.facet_empty': { facet: 'advantaged' | 'disadvantaged' };
  'drift.bins_mismatch': { reference: number; current: number };
  'drift.empty_sample': { side: 'reference' | 'current' };
  'drift.sample_too_small': { side: 'reference' | 'current'; got: number; needed: number };
  'drift.sample_invalid': { what: string; index: number; got: string; allowed: string };
  'drift.option_invalid': { option: string; got: string; allowed: string };
  'environment.invalid': { problems: readonly string[] };
  'config.invalid': { problems: readonly string[] };
}

export type ErrorCode = keyof ErrorDetails;

/** An expected failure. Anything else that is thrown is a bug, and its text never leaves the house. */
export class PlatformError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'PlatformError';
  readonly code: C;
  readonly details: ErrorDetails[C];

  constructor(code: C, { message, details, cause }: { message: string; details: ErrorDetails[C]; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** A union over codes, so that checking `code` also narrows `details`. */
export type AnyPlatformError = { [C in ErrorCode]: PlatformError<C> }[ErrorCode];

/**
 * By name, not by class: a function is several bundles, and each that throws has a class of its own. (`instanceof` would also
 * narrow to PlatformError<any> and lose the code.)
 */
export const isPlatformError = (error: unknown): error is AnyPlatformError =>
  error instanceof Error && error.name === 'PlatformError' && 'code' in error;
