import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../clock.ts';
import type { Parsers } from '../expressions/parse-cache.ts';
import type { Catalog } from '../tables/catalog.ts';

/** What every operation works with. */
export interface Context {
  readonly catalog: Catalog;
  readonly database: DatabaseSync;
  readonly clock: Clock;
  readonly parsers: Parsers;
}

export type RequestBody = Readonly<Record<string, unknown>>;
export type Operation = (context: Context, body: RequestBody) => object;
