import { attributeOf, type Item } from '../values/attribute-value.ts';

// DynamoDB leaves alone what expired more than five years ago, lest a mistaken unit empties a table.
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 60 * 60;

/** Seconds since the epoch at which an item expires; null when it does not. */
export function expiryOf(item: Item, ttlAttribute: string | undefined): number | null {
  const value = ttlAttribute === undefined ? undefined : attributeOf(item, ttlAttribute);
  return value !== undefined && 'N' in value ? Number(value.N) : null;
}

/** Half-open span of expiry times that are due now: after `oldest`, up to and including `newest`. */
export function dueSpan(nowMs: number): { readonly oldest: number; readonly newest: number } {
  const newest = nowMs / 1000;
  return { oldest: newest - OLDEST_EXPIRY_SECONDS, newest };
}
