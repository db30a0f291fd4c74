/** The API answered, and refused or failed. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  /** HTTP status. */
  readonly status: number;
  /** The server's error code, or the error type of AWS where the answer came from a service of AWS. */
  readonly code: string;
  /** How long the server asks to wait before the next attempt. */
  readonly retryAfterMs: number | undefined;
  /** What a program can act on, where the server gives it; what it holds depends on the code. */
  readonly details: unknown;

  constructor(
    message: string,
    { status, code, retryAfterMs, details }: { status: number; code: string; retryAfterMs?: number; details?: unknown },
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.details = details;
  }
}
