import type { ColumnType } from '../declaration.ts';
import { invalidExpression } from '../preparation-errors.ts';
import { type Expression, parseExpression } from './parse-expression.ts';

/** An expression that fits its columns. */
export interface CheckedExpression {
  readonly expression: Expression;
  readonly columns: ReadonlySet<string>;
  /** Whether it needs the calendar, which no graph has. */
  readonly readsTime: boolean;
}

/**
 * Reads an expression and sees that each operator gets what it takes: numbers, but for `==` and `!=` (a text column and a text),
 * `missing` (any column), `hour` and `weekday` (a time).
 *
 * @throws `preparation.expression_invalid` with the position
 */
export function checkExpression(source: string, types: ReadonlyMap<string, ColumnType>): CheckedExpression {
  const expression = parseExpression(source);
  const columns = new Set<string>();
  let readsTime = false;
  const fail = (at: number, problem: string) => invalidExpression(source, at, problem);
  const typeOf = (node: Expression): ColumnType => {
    switch (node.kind) {
      case 'number':
      case 'text':
        return node.kind;
      case 'column': {
        const type = types.get(node.name);
        if (type === undefined)
          throw fail(node.at, `there is no column ${node.name}; there are ${[...types.keys()].join(', ')}`);
        columns.add(node.name);
        return type;
      }
      case 'negate':
        return needNumbers(node.of);
      case 'arithmetic':
        return needNumbers(node.left, node.right);
      case 'comparison':
        return comparison(node);
      case 'call':
        return call(node);
    }
  };
  const needNumbers = (...nodes: readonly Expression[]): 'number' => {
    for (const node of nodes) {
      const type = typeOf(node);
      if (type !== 'number')
        throw fail(node.at, `a number is needed, this is a ${type}; cast its column, or compare it`);
    }
    return 'number';
  };
  const comparison = ({ left, right, operator }: Expression & { kind: 'comparison' }): 'number' => {
    if (typeOf(left) !== 'text' && typeOf(right) !== 'text') return needNumbers(left, right);
    if ((operator === '==' || operator === '!=') && left.kind === 'column' && right.kind === 'text') {
      if (typeOf(left) === 'text') return 'number';
    }
    throw fail(left.at, "texts are compared as column == 'text' or column != 'text'");
  };
  const call = ({ name, arguments: values }: Expression & { kind: 'call' }): 'number' => {
    const [first] = values as [Expression];
    if (name === 'missing') {
      if (first.kind !== 'column') throw fail(first.at, 'missing takes a column');
      typeOf(first);
      return 'number';
    }
    if (name !== 'hour' && name !== 'weekday') return needNumbers(...values);
    if (typeOf(first) !== 'time') throw fail(first.at, `${name} takes a time; cast its column to time`);
    readsTime = true;
    return 'number';
  };
  needNumbers(expression);
  return { expression, columns, readsTime };
}
