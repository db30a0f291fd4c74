/** A parsed expression of metric math. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'negative'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression };

/** The ids that an expression refers to. */
export function idsOf(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'id':
      return [expression.id];
    case 'list':
      return expression.items.flatMap(idsOf);
    case 'call':
      return expression.parameters.flatMap(idsOf);
    case 'negative':
      return idsOf(expression.of);
    case 'binary':
      return [...idsOf(expression.left), ...idsOf(expression.right)];
    default:
      return [];
  }
}

/** Whether a function of this name is called anywhere in it. */
export function calls(expression: Expression, name: string): boolean {
  switch (expression.kind) {
    case 'list':
      return expression.items.some((item) => calls(item, name));
    case 'call':
      return expression.name === name || expression.parameters.some((item) => calls(item, name));
    case 'negative':
      return calls(expression.of, name);
    case 'binary':
      return calls(expression.left, name) || calls(expression.right, name);
    default:
      return false;
  }
}
