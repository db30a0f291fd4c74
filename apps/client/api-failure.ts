/** The API answered, and refused or failed. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  /** HTTP status. */
  readonly status: number;
  /** The server's error code, or the error type of AWS where the answer came from a service of AWS. */
  readonly code: string;
  /** How long the server asks to wait before the next attempt. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    { status, code, retryAfterMs }: { status: number; code: string; retryAfterMs?: number },
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
