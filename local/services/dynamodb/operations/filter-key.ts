import type { BoundCondition } from '../expressions/syntax.ts';
import { validationError } from '../protocol/errors.ts';
import { type KeySchema, keyAttributes } from '../tables/table-definition.ts';

/** A query filters only what it has found by key; a key attribute belongs into the key condition. */
export function assertFilterLeavesKey(filter: BoundCondition | undefined, schema: KeySchema): void {
  const names = new Set(keyAttributes(schema).map(({ name }) => name));
  const inspect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('kind' in node && node.kind === 'path' && 'parts' in node) {
      const [name] = node.parts as readonly unknown[];
      if (typeof name === 'string' && names.has(name)) {
        throw validationError(
          `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`,
        );
      }
      return;
    }
    if ('kind' in node && node.kind === 'value') return;
    Object.values(node).forEach(inspect);
  };
  inspect(filter);
}
