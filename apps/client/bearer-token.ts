import type { Sign } from './send.ts';

/** A JWT for a deployed API, or the token that `npm start` was given. */
export const bearerToken =
  (token: string): Sign =>
  async () => ({ authorization: `Bearer ${token}` });
