import { afterPrefix } from './key-order.ts';
import type { ObjectVersion } from './object-version.ts';

/** Where a listing goes on: at `key` or behind it. Behind one version of a key when `belowSeq` is given (newer ones come first). */
export interface Position {
  readonly key: string;
  readonly inclusive: boolean;
  readonly belowSeq?: number;
}

export type Entry<V extends ObjectVersion> = { readonly prefix: string } | { readonly version: V };

export interface Listing {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly start: Position | undefined;
}

/**
 * One page of a listing in which keys that share a beginning up to the delimiter count as one entry.
 *
 * Cost: one query per common prefix, however many keys it stands for.
 */
export function collectPage<V extends ObjectVersion>(
  fetch: (from: Position, limit: number) => readonly V[],
  { prefix, delimiter, limit, start }: Listing,
): { entries: readonly Entry<V>[]; next: Position | undefined } {
  const entries: Entry<V>[] = [];
  let from: Position | undefined = later(start, { key: prefix, inclusive: true });
  let next: Position | undefined;
  while (from !== undefined && entries.length < limit) {
    const versions: readonly V[] = fetch(from, limit + 1 - entries.length);
    from = undefined;
    for (const version of versions) {
      const common = commonPrefix(version.key, { prefix, delimiter });
      if (entries.length === limit) return { entries, next };
      entries.push(common === undefined ? { version } : { prefix: common });
      next = common === undefined ? behind(version) : behindPrefix(common);
      if (common === undefined) continue;
      // The other keys of this prefix are skipped by asking again behind them.
      from = next;
      break;
    }
  }
  const isMore = from !== undefined && limit > 0 && fetch(from, 1).length > 0;
  return { entries, next: isMore ? next : undefined };
}

function commonPrefix(key: string, { prefix, delimiter }: { prefix: string; delimiter: string }): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

const behind = ({ key, seq }: ObjectVersion): Position => ({ key, inclusive: false, belowSeq: seq });

function behindPrefix(prefix: string): Position | undefined {
  const key = afterPrefix(prefix);
  return key === undefined ? undefined : { key, inclusive: true };
}

function later(start: Position | undefined, first: Position): Position {
  return start !== undefined && Buffer.compare(Buffer.from(start.key), Buffer.from(first.key)) >= 0 ? start : first;
}
