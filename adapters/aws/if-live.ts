import { secondsOf } from './health-requests.ts';

/** Items that have expired stay for a while: DynamoDB removes them within days. */
export function ifLive<Item extends Readonly<Record<string, unknown>>>(
  item: Item | undefined,
  now: number,
): Item | undefined {
  const expiresAt = item?.['expiresAt'];
  return typeof expiresAt === 'number' && expiresAt <= secondsOf(now) ? undefined : item;
}
