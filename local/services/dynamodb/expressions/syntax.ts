import type { AttributeValue } from '../values/attribute-value.ts';

/** Where a value lies in an item. While parsed only, a part may be an alias (`#name`); bound, every text is an attribute's name. */
export interface Path {
  readonly kind: 'path';
  readonly parts: readonly (string | number)[];
}
/** `:value` as written, before the request's values are known. */
export interface Reference {
  readonly kind: 'reference';
  readonly token: string;
}
export interface Bound {
  readonly kind: 'value';
  readonly value: AttributeValue;
}
export interface Call<V> {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Operand<V>[];
}
export type Operand<V> = Path | Call<V> | V;

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export interface Comparison<V> {
  readonly kind: 'compare';
  readonly comparator: Comparator;
  readonly left: Operand<V>;
  readonly right: Operand<V>;
}
export interface Between<V> {
  readonly kind: 'between';
  readonly operand: Operand<V>;
  readonly low: Operand<V>;
  readonly high: Operand<V>;
}
export interface Membership<V> {
  readonly kind: 'in';
  readonly operand: Operand<V>;
  readonly candidates: readonly Operand<V>[];
}
export interface Junction<V> {
  readonly kind: 'and' | 'or';
  readonly terms: readonly Condition<V>[];
}
export interface Negation<V> {
  readonly kind: 'not';
  readonly term: Condition<V>;
}
export type Condition<V> = Comparison<V> | Between<V> | Membership<V> | Junction<V> | Negation<V> | Call<V>;

export interface Arithmetic<V> {
  readonly kind: 'arithmetic';
  readonly operator: '+' | '-';
  readonly left: Operand<V>;
  readonly right: Operand<V>;
}
export interface Assignment<V> {
  readonly path: Path;
  readonly value: Operand<V> | Arithmetic<V>;
}
export interface SetChange<V> {
  readonly path: Path;
  readonly value: V;
}
export interface Update<V> {
  readonly SET: readonly Assignment<V>[];
  readonly REMOVE: readonly Path[];
  readonly ADD: readonly SetChange<V>[];
  readonly DELETE: readonly SetChange<V>[];
}

export type ParsedCondition = Condition<Reference>;
export type BoundCondition = Condition<Bound>;
export type BoundOperand = Operand<Bound>;
export type BoundUpdate = Update<Bound>;

/** A path as AWS writes it in messages: `[a, b, [0]]`. */
export function describePath({ parts }: Path): string {
  return `[${parts.map((part) => (typeof part === 'number' ? `[${part}]` : part)).join(', ')}]`;
}
