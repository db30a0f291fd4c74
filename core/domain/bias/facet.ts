import type { LabelValue } from '../labels/label.ts';
import { isSameClass } from '../performance/same-class.ts';

/** A sensitive field, and which of its values are the facet that is thought to be at a disadvantage (d). */
export type Facet = { readonly field: string } & (
  | { readonly values: readonly LabelValue[] }
  /** Numbers above this, as Clarify's threshold. */
  | { readonly above: number }
  /** Numbers up to this, itself included. */
  | { readonly upTo: number }
);

/** @returns undefined where a row cannot be told: no value, or no number where a threshold asks for one */
export function isDisadvantaged(value: LabelValue | null | undefined, facet: Facet): boolean | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if ('values' in facet) return facet.values.some((each) => isSameClass(value, each));
  const number = typeof value === 'boolean' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) return undefined;
  return 'above' in facet ? number > facet.above : number <= facet.upTo;
}
