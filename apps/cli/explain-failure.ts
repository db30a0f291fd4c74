import { ApiFailure, ConnectionFailure } from '../client/index.ts';

/** What to tell a person of a failure: no stack, and what to do where that is known. */
export function explainFailure(error: unknown): string {
  if (error instanceof ConnectionFailure) return `${error.message}\n${CONNECTION_HINT}`;
  if (error instanceof ApiFailure) {
    const text = `${error.message} (${describeOrigin(error)})`;
    const hint = HINTS[error.status];
    return hint === undefined ? text : `${text}\n${hint}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** The client makes up a code `http.401` where the answer had none. */
function describeOrigin({ code, status }: ApiFailure): string {
  if (status < 400) return code;
  return code === `http.${status}` ? `HTTP ${status}` : `${code}, HTTP ${status}`;
}

const CONNECTION_HINT =
  '`npm start` starts the platform on this machine; --url or KEELSON_URL names another one, such as a deployed API';

const HINTS: Readonly<Record<number, string>> = {
  401: 'give a token with --token or KEELSON_TOKEN',
  403: 'the credentials or the token are not allowed to do this; AWS credentials need execute-api:Invoke on the API',
};
