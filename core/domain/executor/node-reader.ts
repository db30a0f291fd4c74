import type { Datatype } from '../inference/datatype.ts';
import type { OperatorNode } from '../onnx/read-graph.ts';
import { unsupported } from './unsupported.ts';
import type { Value, ValueType } from './values.ts';

/** A node with the types of its inputs: what an operator is compiled from. */
export interface NodeReader {
  readonly operator: string;
  readonly inputs: readonly (ValueType | undefined)[];
  readonly outputCount: number;
  /** Operator set that the node's operator is defined by. */
  readonly opset: number;
  /** @throws UnsupportedGraph where the input is left out or has another datatype or number of dimensions */
  input(index: number, expected?: { datatypes?: readonly Datatype[]; rank?: number }): ValueType;
  /** An input that is known when the graph is compiled. @throws UnsupportedGraph where it is not */
  constant(index: number): Value;
  integer(name: string, absent?: number): number;
  float(name: string, absent?: number): number;
  text(name: string, absent: string): string;
  integers(name: string): readonly number[];
  floats(name: string): readonly number[];
  texts(name: string): readonly string[];
  has(name: string): boolean;
  /** The trees as `layOutModel` laid them out. */
  readonly layout?: Uint8Array | undefined;
  /** @throws UnsupportedGraph for attributes that the operator's code does not know: they may change what it means */
  onlyKnows(...names: readonly string[]): void;
}

/** Holds a tree ensemble laid out; see lay-out-model.ts. */
export const LAYOUT_ATTRIBUTE = 'keelson_layout';

/** @param options.acceptsLayouts whether the file may hold trees laid out, which are taken as they are */
export function nodeReader(
  node: OperatorNode,
  inputs: readonly (ValueType | undefined)[],
  { opset, acceptsLayouts = false }: { opset: number; acceptsLayouts?: boolean | undefined },
): NodeReader {
  const layout = acceptsLayouts ? node.attributes.get(LAYOUT_ATTRIBUTE)?.tensor?.raw : undefined;
  const { operator, attributes } = node;
  const whole = (name: string, value: number): number =>
    Number.isSafeInteger(value) ? value : unsupported(`${operator}: ${name} is past 2^53`);
  const reader: NodeReader = {
    operator,
    inputs,
    outputCount: node.outputs.length,
    opset,
    input(index, { datatypes, rank } = {}) {
      const type = inputs[index] ?? unsupported(`${operator} has no input ${index}`);
      if (datatypes && !datatypes.includes(type.datatype)) unsupported(`${operator} of ${type.datatype}`);
      if (rank !== undefined && type.rank !== rank) unsupported(`${operator} of ${type.rank} dimensions`);
      return type;
    },
    constant: (index) =>
      reader.input(index).constant ?? unsupported(`${operator} with an input ${index} that is computed`),
    integer: (name, absent) =>
      whole(name, attributes.get(name)?.integer ?? absent ?? unsupported(`${operator} without ${name}`)),
    float: (name, absent) => attributes.get(name)?.float ?? absent ?? unsupported(`${operator} without ${name}`),
    text: (name, absent) => attributes.get(name)?.text ?? absent,
    integers(name) {
      const values = attributes.get(name)?.integers ?? [];
      if (values.some(Number.isNaN)) unsupported(`${operator}: ${name} holds a number past 2^53`);
      return values;
    },
    floats: (name) => attributes.get(name)?.floats ?? [],
    texts: (name) => attributes.get(name)?.texts ?? [],
    has: (name) => attributes.has(name),
    layout,
    onlyKnows(...names) {
      const isKnown = (name: string) => names.includes(name) || (layout && name === LAYOUT_ATTRIBUTE);
      const other = [...attributes.keys()].find((name) => !isKnown(name));
      if (other !== undefined) unsupported(`${operator} with ${other}`);
    },
  };
  return reader;
}
