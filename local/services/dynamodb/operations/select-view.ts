import type { Path } from '../expressions/syntax.ts';
import { validationError } from '../protocol/errors.ts';
import type { Table } from '../tables/catalog.ts';
import type { IndexDefinition } from '../tables/table-definition.ts';
import { indexedNames } from './read-page.ts';

export const SELECT_CHOICES = ['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT'] as const;

export interface Selection {
  readonly index: IndexDefinition | undefined;
  readonly projection: readonly Path[] | undefined;
  readonly select: (typeof SELECT_CHOICES)[number] | undefined;
}

/** What each item shows. A local index fetches from the table what it does not hold; a global one cannot. */
export function selectView(table: Table, { index, projection, select }: Selection): 'index' | 'all' {
  assertSelect({ index, projection, select });
  if (index === undefined || index.projection.type === 'ALL') return 'all';
  const held = indexedNames(table, index);
  const missing = (projection ?? []).map(({ parts }) => String(parts[0])).filter((name) => !held.has(name));
  const wantsAll = select === 'ALL_ATTRIBUTES';
  if (!wantsAll && missing.length === 0) return 'index';
  if (index.scope === 'local') return 'all';
  throw validationError(
    wantsAll
      ? `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`
      : `One or more parameter values were invalid: Global secondary index ${index.name} does not project [${missing.join(', ')}]`,
  );
}

function assertSelect({ index, projection, select }: Selection): void {
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined) {
    throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  if (select === 'SPECIFIC_ATTRIBUTES' && projection === undefined) {
    throw validationError('SPECIFIC_ATTRIBUTES requires a ProjectionExpression');
  }
  if (select !== undefined && select !== 'SPECIFIC_ATTRIBUTES' && projection !== undefined) {
    throw validationError(`Cannot specify the ProjectionExpression when choosing to get ${select}`);
  }
}
