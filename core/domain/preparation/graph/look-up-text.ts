import type { ColumnTensor } from './column-tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';

/**
 * A number for each text, by equality of its bytes: no locale is asked.
 *
 * @param codes what texts become; those of missing values are what `fill`, or an empty text, becomes
 */
export function lookUpText(
  graph: GraphBuilder,
  { tensor, missing, fill }: ColumnTensor & { kind: 'text' },
  { codes, other }: { readonly codes: ReadonlyMap<string, number>; readonly other: number },
): string {
  const all = new Map(codes);
  for (const text of missing) all.set(text, codes.get(fill) ?? other);
  return graph.addMl('LabelEncoder', [tensor], {
    keys_strings: { texts: [...all.keys()] },
    values_floats: { floats: [...all.values()] },
    default_float: { float: other },
  });
}

/** 1 for a text that is missing and was not imputed, else 0. */
export const textIsMissing = (graph: GraphBuilder, column: ColumnTensor & { kind: 'text' }): string =>
  lookUpText(graph, column, { codes: new Map([['', Number(column.fill === '')]]), other: 0 });
