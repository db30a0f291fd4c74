import type { GraphConstant, GraphNode, GraphValue } from '../../onnx/encode-model.ts';
import type { FittedStep } from '../declaration.ts';
import { checkExpression } from '../expression/check-expression.ts';
import type { PreparationPlan } from '../plan.ts';
import { madeBy, placeOf } from '../serve-steps.ts';
import { categoryCodes, encodedColumns } from '../steps/category-codes.ts';
import { type Columns, columnsAfter } from '../steps/columns-after.ts';
import { changeNumber, lookUpNumber } from './change-number.ts';
import type { ColumnTensor } from './column-tensor.ts';
import { expressionGraph } from './expression-graph.ts';
import { asFloat, type GraphBuilder, graphBuilder, unlessMissing } from './graph-builder.ts';
import { lookUpText, textIsMissing } from './look-up-text.ts';

export interface PreparationGraph {
  /** Raw columns by their names, FLOAT or STRING `[N, 1]`, and those that the caller computes. Only what a feature is made of. */
  readonly inputs: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly GraphConstant[];
}

/**
 * Writes a plan as operators of ONNX (opset 13 on) and ai.onnx.ml (2 on): raw columns in, the features out as FLOAT `[N, F]`.
 *
 * It computes what `transformRows` computes, in the same float32 steps. What rejects a row there is missing here: a served row cannot be
 * left out.
 *
 * @param output name of the tensor of features
 */
export function preparationGraph(plan: PreparationPlan, output: string): PreparationGraph {
  const { declaration, rawColumns, steps, features } = plan;
  const graph = graphBuilder();
  const state = new Map<string, ColumnTensor>();
  const isText = (name: string): boolean => columns.get(name) === 'text';
  const missing = ['', ...(declaration.missing ?? [])];
  let columns: Columns = new Map(rawColumns.map((name) => [name, 'text'] as const));
  for (const name of rawColumns) state.set(name, { kind: 'text', tensor: name, missing, fill: '' });
  const number = (name: string): string => {
    const column = state.get(name);
    if (column?.kind === 'number') return column.tensor;
    if (column?.kind !== 'slice') return name;
    return graph.add('Gather', [column.tensor, graph.integers([column.at])], { axis: { integer: 1 } });
  };
  const set = (name: string, tensor: string) => state.set(name, { kind: 'number', tensor });
  for (const step of steps) {
    const place = placeOf(step, columns);
    if (place === 'caller') for (const name of madeBy(step)) set(name, name);
    else if (place === 'in-graph') apply(step);
    columns = columnsAfter(step, columns, declaration.label?.column);
  }
  function apply(step: FittedStep): void {
    switch (step.op) {
      case 'cast':
        for (const name of step.columns) castColumn(name, step.to);
        return;
      case 'rename':
        state.set(step.to, state.get(step.from) as ColumnTensor);
        state.delete(step.from);
        return;
      case 'impute':
        imputeColumn(step);
        return;
      case 'scale':
      case 'clip':
      case 'bucketize':
        return void set(step.column, changeNumber(graph, step, number(step.column)));
      case 'encode':
        encodeColumn(step);
        return;
      case 'derive': {
        const { expression } = checkExpression(step.expression, columns);
        const tensor = expressionGraph(graph, expression, {
          column: (name) => state.get(name) as ColumnTensor,
          number,
        });
        return void set(step.name, tensor);
      }
    }
  }
  function castColumn(name: string, to: string): void {
    if (to === 'text') return;
    if (to !== 'integer') return void set(name, name);
    const isWhole = graph.add('Equal', [name, graph.add('Floor', [name])]);
    set(name, graph.add('Where', [isWhole, name, graph.constant(Number.NaN)]));
  }
  function imputeColumn({ column, fill, indicator }: FittedStep & { op: 'impute' }): void {
    const current = state.get(column) as ColumnTensor;
    if (current.kind === 'text') {
      if (indicator !== undefined) set(indicator, textIsMissing(graph, current));
      state.set(column, { ...current, fill: current.fill === '' ? (fill as string) : current.fill });
      return;
    }
    const value = number(column);
    if (indicator !== undefined) set(indicator, asFloat(graph, graph.add('IsNaN', [value])));
    set(column, unlessMissing(graph, value, graph.constant(fill as number)));
  }
  function encodeColumn(step: FittedStep & { op: 'encode' }): void {
    const { column, as } = step;
    const { codes, other } = categoryCodes(step);
    const current = state.get(column) as ColumnTensor;
    const code =
      current.kind === 'text' && isText(column)
        ? lookUpText(graph, current, { codes, other })
        : lookUpNumber(graph, number(column), { codes, other });
    if (as !== 'one-hot') return void set(column, code);
    const names = encodedColumns(step);
    const tensor = asFloat(graph, graph.add('Equal', [code, graph.constant(names.map((_, i) => i))]));
    state.delete(column);
    for (const [at, name] of names.entries()) state.set(name, { kind: 'slice', tensor, at, width: names.length });
  }
  graph.nodes.push({
    operator: 'Concat',
    inputs: featureTensors(features, { state, number }),
    outputs: [output],
    attributes: { axis: { integer: 1 } },
  });
  return neededParts(graph, output, rawColumns);
}

/** The features' tensors in order; a whole encoding stays the one tensor that it is. */
function featureTensors(
  features: readonly string[],
  { state, number }: { state: ReadonlyMap<string, ColumnTensor>; number: (name: string) => string },
): string[] {
  const tensors: string[] = [];
  for (let i = 0; i < features.length; ) {
    const first = state.get(features[i] as string);
    const isWhole =
      first?.kind === 'slice' &&
      Array.from({ length: first.width }, (_, at) => state.get(features[i + at] ?? '')).every(
        (column, at) => column?.kind === 'slice' && column.tensor === first.tensor && column.at === at,
      );
    tensors.push(isWhole ? first.tensor : number(features[i] as string));
    i += isWhole ? first.width : 1;
  }
  return tensors;
}

/** What the output is made of; what was computed for a dropped column goes, and its raw column is no input. */
function neededParts({ nodes, constants }: GraphBuilder, output: string, raw: readonly string[]): PreparationGraph {
  const needed = new Set([output]);
  const kept: GraphNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    kept.unshift(node);
    for (const name of node.inputs) needed.add(name);
  }
  const made = new Set([...kept.flatMap(({ outputs }) => outputs), ...constants.map(({ name }) => name)]);
  const texts = new Set(kept.filter(readsTexts).flatMap(({ inputs }) => inputs));
  const order = (name: string) => (raw.includes(name) ? raw.indexOf(name) : raw.length);
  const inputs = [...needed].filter((name) => !made.has(name)).sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1));
  return {
    nodes: kept,
    constants: constants.filter(({ name }) => needed.has(name)),
    inputs: inputs.map((name) => ({ name, elementType: texts.has(name) ? 'STRING' : 'FLOAT', shape: [BATCH, 1] })),
  };
}

const BATCH = 'N';
const readsTexts = ({ attributes = {} }: GraphNode): boolean => 'keys_strings' in attributes;
