import type { GraphAttribute, GraphConstant, GraphNode } from '../../onnx/encode-model.ts';

/** Collects nodes and constants under names of their own. Every tensor is FLOAT or STRING `[N, 1]` unless said. */
export interface GraphBuilder {
  readonly nodes: GraphNode[];
  readonly constants: GraphConstant[];
  /** @returns the name of the node's one output */
  add(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, GraphAttribute>>): string;
  addMl(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, GraphAttribute>>): string;
  /** A FLOAT constant: a scalar, or `[1, K]`. */
  constant(value: number | readonly number[]): string;
  integers(values: readonly number[]): string;
}

// What a model calls its own tensors is not for us to collide with.
const PREFIX = 'keelson_prepare/';
const FLOAT = 1;

export function graphBuilder(): GraphBuilder {
  const nodes: GraphNode[] = [];
  const constants: GraphConstant[] = [];
  const known = new Map<string, string>();
  const name = () => `${PREFIX}${nodes.length + constants.length}`;
  const put = (key: string, constant: () => Omit<GraphConstant, 'name'>): string => {
    const existing = known.get(key);
    if (existing !== undefined) return existing;
    const made = { name: `${name()}_constant`, ...constant() };
    constants.push(made);
    known.set(key, made.name);
    return made.name;
  };
  const push = (node: Omit<GraphNode, 'outputs'>): string => {
    const output = name();
    nodes.push({ ...node, outputs: [output] });
    return output;
  };
  return {
    nodes,
    constants,
    add: (operator, inputs, attributes = {}) => push({ operator, inputs, attributes }),
    addMl: (operator, inputs, attributes) => push({ operator, domain: 'ai.onnx.ml', inputs, attributes }),
    constant: (value) => {
      const values = Float32Array.from([value].flat());
      // -0 and 0 are two constants: a text tells NaN and infinities apart, too.
      const key = `f${typeof value}${Array.from(values, (each) => (Object.is(each, -0) ? '-0' : each)).join()}`;
      return put(key, () => ({ shape: typeof value === 'number' ? [] : [1, values.length], values }));
    },
    integers: (values) =>
      put(`i${values.join()}`, () => ({ shape: [values.length], values: BigInt64Array.from(values, BigInt) })),
  };
}

/** A BOOL tensor as 1 and 0. */
export const asFloat = (graph: GraphBuilder, condition: string): string =>
  graph.add('Cast', [condition], { to: { integer: FLOAT } });

/** `value` where it is there, else `otherwise`. */
export const unlessMissing = (graph: GraphBuilder, value: string, otherwise: string): string =>
  graph.add('Where', [graph.add('IsNaN', [value]), otherwise, value]);
