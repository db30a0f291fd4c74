import { tokenReused } from '../protocol/errors.ts';
import type { Context } from './context.ts';

const REMEMBERED_MS = 10 * 60 * 1000;

/** What has been answered to one client request token within the last ten minutes. */
export interface TokenStore {
  /** The earlier answer to the same request. @throws IdempotentParameterMismatchException when the token came with another request */
  find(digest: string): object | undefined;
  /** To be called in the transaction that the answer tells of. */
  remember(digest: string, answer: object): void;
}

export function createTokenStore({ database, clock }: Context, token: string | undefined): TokenStore {
  if (token === undefined) return { find: () => undefined, remember: () => undefined };
  return {
    find(digest) {
      const oldest = clock.now() - REMEMBERED_MS;
      const row = database
        .prepare('SELECT digest, response FROM dynamodb_tokens WHERE token = ? AND answered_at_ms > ?')
        .get(token, oldest);
      if (row === undefined) return undefined;
      if (row['digest'] !== digest) throw tokenReused();
      return JSON.parse(row['response'] as string) as object;
    },
    remember(digest, answer) {
      const now = clock.now();
      database.prepare('DELETE FROM dynamodb_tokens WHERE answered_at_ms <= ?').run(Math.floor(now - REMEMBERED_MS));
      database
        .prepare('INSERT OR REPLACE INTO dynamodb_tokens (token, digest, response, answered_at_ms) VALUES (?, ?, ?, ?)')
        .run(token, digest, JSON.stringify(answer), Math.floor(now));
    },
  };
}
