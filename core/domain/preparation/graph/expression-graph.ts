import type { Expression } from '../expression/parse-expression.ts';
import type { ColumnTensor } from './column-tensor.ts';
import { asFloat, type GraphBuilder } from './graph-builder.ts';
import { lookUpText, textIsMissing } from './look-up-text.ts';

export interface ExpressionColumns {
  readonly column: (name: string) => ColumnTensor;
  readonly number: (name: string) => string;
}

const ARITHMETIC = { '+': 'Add', '-': 'Sub', '*': 'Mul', '/': 'Div' } as const;
const COMPARISON = { '<': 'Less', '<=': 'LessOrEqual', '>': 'Greater', '>=': 'GreaterOrEqual' } as const;
const UNARY = { abs: 'Abs', log: 'Log', exp: 'Exp', sqrt: 'Sqrt' } as const;

/** An expression as nodes, one for each operation. @returns FLOAT, `[N, 1]` or a scalar */
export function expressionGraph(graph: GraphBuilder, root: Expression, columns: ExpressionColumns): string {
  const emit = (node: Expression): string => {
    switch (node.kind) {
      case 'number':
        return graph.constant(node.value);
      case 'column':
        return columns.number(node.name);
      case 'negate':
        return graph.add('Neg', [emit(node.of)]);
      case 'arithmetic':
        return graph.add(ARITHMETIC[node.operator], [emit(node.left), emit(node.right)]);
      case 'comparison':
        return comparison(node);
      case 'call':
        return call(node);
      case 'text':
        // Stands beside == and != only, where it is read.
        return graph.constant(Number.NaN);
    }
  };
  const comparison = ({ operator, left, right }: Expression & { kind: 'comparison' }): string => {
    if (right.kind === 'text' && left.kind === 'column') {
      const text = columns.column(left.name) as ColumnTensor & { kind: 'text' };
      const isEqual = operator === '==' ? 1 : 0;
      return lookUpText(graph, text, { codes: new Map([[right.value, isEqual]]), other: 1 - isEqual });
    }
    const sides = [emit(left), emit(right)];
    if (operator === '==') return asFloat(graph, graph.add('Equal', sides));
    if (operator === '!=') return asFloat(graph, graph.add('Not', [graph.add('Equal', sides)]));
    return asFloat(graph, graph.add(COMPARISON[operator], sides));
  };
  const call = ({ name, arguments: values }: Expression & { kind: 'call' }): string => {
    const [first, second, third] = values as [Expression, Expression, Expression];
    if (name === 'missing') {
      const column = columns.column((first as { name: string }).name);
      if (column.kind === 'text') return textIsMissing(graph, column);
      return asFloat(graph, graph.add('IsNaN', [emit(first)]));
    }
    if (name === 'if') {
      const isZero = graph.add('Equal', [emit(first), graph.constant(0)]);
      return graph.add('Where', [isZero, emit(third), emit(second)]);
    }
    if (name === 'min' || name === 'max') {
      const compare = name === 'min' ? 'Less' : 'Greater';
      return values.map(emit).reduce((best, value) => extreme(compare, best, value));
    }
    return graph.add(UNARY[name as keyof typeof UNARY], [emit(first)]);
  };
  // ONNX leaves open what Min and Max make of NaN: here the sum, which is missing where either is.
  const extreme = (compare: 'Less' | 'Greater', a: string, b: string): string => {
    const sum = graph.add('Add', [a, b]);
    const isMissing = graph.add('Or', [graph.add('IsNaN', [a]), graph.add('IsNaN', [b])]);
    const better = graph.add('Where', [graph.add(compare, [a, b]), a, b]);
    return graph.add('Where', [isMissing, sum, better]);
  };
  return emit(root);
}
