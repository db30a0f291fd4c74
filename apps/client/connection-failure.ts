/** No answer came: nothing listens there, the name is unknown, the connection broke, or it took too long. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
  /** What was asked for, without a query: the query of a pre-signed URL is a secret. */
  readonly url: string;
  /** The system's code (`ECONNREFUSED`), where it has one. */
  readonly code: string | undefined;

  constructor(url: string, cause: unknown) {
    const { text, code } = describeCause(cause);
    const place = withoutQuery(url);
    super(`no answer from ${place}: ${text}`, { cause });
    this.url = place;
    this.code = code;
  }
}

const withoutQuery = (url: string): string => url.split('?', 1)[0] ?? url;

/** `fetch` says only "fetch failed"; the reason is in the chain of causes, or in an aggregate of one per address. */
function describeCause(cause: unknown): { text: string; code: string | undefined } {
  if (cause instanceof DOMException && cause.name === 'TimeoutError')
    return { text: 'it took too long', code: 'TIMEOUT' };
  let error = cause;
  while (error instanceof Error && error.cause instanceof Error) error = error.cause;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) error = error.errors[0];
  if (!(error instanceof Error)) return { text: String(error), code: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { text: code === 'ECONNREFUSED' ? 'connection refused' : error.message, code };
}
