import type { Row } from '../row.ts';
import type { Expression, FunctionName } from './parse-expression.ts';

const HOUR_MS = 3_600_000;
const { fround } = Math;
const cell = (row: Row, name: string) => row.get(name) as number | string;

/**
 * The value of a checked expression for a row, rounded to float32 after each operation, as the graph computes.
 *
 * `hour` is 0 to 23 and `weekday` 0 (Monday) to 6, both in UTC. `min` and `max` are missing where any value is.
 */
export function evaluateExpression(node: Expression, row: Row): number {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'text':
      return Number.NaN;
    case 'column':
      return cell(row, node.name) as number;
    case 'negate':
      return -evaluateExpression(node.of, row);
    case 'arithmetic': {
      const left = evaluateExpression(node.left, row);
      const right = evaluateExpression(node.right, row);
      if (node.operator === '+') return fround(left + right);
      if (node.operator === '-') return fround(left - right);
      return fround(node.operator === '*' ? left * right : left / right);
    }
    case 'comparison':
      return Number(compare(node, row));
    case 'call':
      return call(node.name, node.arguments, row);
  }
}

function compare({ operator, left, right }: Expression & { kind: 'comparison' }, row: Row): boolean {
  const isText = right.kind === 'text' && left.kind === 'column';
  const a = isText ? cell(row, left.name) : evaluateExpression(left, row);
  const b = isText ? right.value : evaluateExpression(right, row);
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

function call(name: FunctionName, values: readonly Expression[], row: Row): number {
  const [first, second, third] = values as [Expression, Expression, Expression];
  if (name === 'missing') {
    const value = cell(row, (first as { name: string }).name);
    return Number(value === '' || Number.isNaN(value));
  }
  const value = evaluateExpression(first, row);
  switch (name) {
    case 'if':
      return evaluateExpression(value === 0 ? third : second, row);
    case 'min':
      return Math.min(...values.map((each) => evaluateExpression(each, row)));
    case 'max':
      return Math.max(...values.map((each) => evaluateExpression(each, row)));
    case 'hour':
      return Math.floor(value / HOUR_MS) - 24 * Math.floor(value / HOUR_MS / 24);
    case 'weekday': {
      // 1970-01-01 was a Thursday.
      const days = Math.floor(value / HOUR_MS / 24) + 3;
      return days - 7 * Math.floor(days / 7);
    }
    case 'abs':
      return Math.abs(value);
    default:
      return fround(Math[name](value));
  }
}
