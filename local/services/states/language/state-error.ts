/** What a state fails with, by the names that Retry and Catch look for. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly error: string;
  override readonly cause: string;

  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
  }
}

/** The largest state, task or execution data, in bytes of UTF-8. */
const DATA_LIMIT_BYTES = 262_144;

/** As JSON text. @throws StateError States.DataLimitExceeded above 256 KiB */
export function toData(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  if (text.length * 3 > DATA_LIMIT_BYTES && Buffer.byteLength(text) > DATA_LIMIT_BYTES) {
    throw new StateError(
      'States.DataLimitExceeded',
      `a state's data is ${Buffer.byteLength(text)} bytes of JSON; at most ${DATA_LIMIT_BYTES} are allowed: put it into S3 and hand on its key`,
    );
  }
  return text;
}

/** Runs what evaluates a path or an expression; what goes wrong there is the definition's fault. */
export function asStateError<T>(error: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof StateError) throw cause;
    throw new StateError(error, cause instanceof Error ? cause.message : String(cause));
  }
}
