import type { FittedStep } from '../declaration.ts';
import { asFloat, type GraphBuilder } from './graph-builder.ts';

/** Scaling, limits and bins of a number; what is missing stays missing. */
export function changeNumber(
  graph: GraphBuilder,
  step: FittedStep & { op: 'scale' | 'clip' | 'bucketize' },
  value: string,
): string {
  if (step.op === 'scale') {
    if (step.by === 'log1p') return graph.add('Log', [graph.add('Add', [value, graph.constant(1)])]);
    const centered = graph.add('Sub', [value, graph.constant(step.center)]);
    return graph.add('Div', [centered, graph.constant(step.spread)]);
  }
  if (step.op === 'clip') {
    // Not Clip: what that makes of NaN depends on the processor.
    const { min, max } = step;
    const limit = (operator: string, from: string, bound: number | undefined): string =>
      bound === undefined
        ? from
        : graph.add('Where', [graph.add(operator, [from, graph.constant(bound)]), graph.constant(bound), from]);
    return limit('Greater', limit('Less', value, min), max);
  }
  const reached = asFloat(graph, graph.add('GreaterOrEqual', [value, graph.constant(step.fitted)]));
  const bin = graph.add('ReduceSum', [reached, graph.integers([1])], { keepdims: { integer: 1 } });
  // A comparison with NaN is false, so its sum would be bin 0.
  return graph.add('Where', [graph.add('IsNaN', [value]), value, bin]);
}

/** A number for each of a set of numbers. Missing ones have the code of the empty text. */
export function lookUpNumber(
  graph: GraphBuilder,
  value: string,
  { codes, other }: { readonly codes: ReadonlyMap<string, number>; readonly other: number },
): string {
  const entries = [...codes].filter(([category]) => category !== '');
  const otherwise = graph.constant(codes.get('') ?? other);
  // -0 is the category 0, and a look-up would tell them apart by their bits.
  const plain = graph.add('Add', [value, graph.constant(0)]);
  const found = graph.addMl('LabelEncoder', [plain], {
    keys_floats: { floats: entries.map(([category]) => Number(category)) },
    values_floats: { floats: entries.map(([, code]) => code) },
    default_float: { float: other },
  });
  return graph.add('Where', [graph.add('IsNaN', [value]), otherwise, found]);
}
