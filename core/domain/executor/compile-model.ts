import type { ModelSignature } from '../inference/signature.ts';
import type { Tensor } from '../inference/tensor.ts';
import { type OperatorGraph, type OperatorNode, readOperatorGraph } from '../onnx/read-graph.ts';
import { isOrtModel } from '../onnx/read-ort-model.ts';
import { nodeReader } from './node-reader.ts';
import { OPERATORS } from './operators/operators.ts';
import { readConstant } from './read-constant.ts';
import { UnsupportedGraph, unsupported } from './unsupported.ts';
import type { Step, Value, ValueType } from './values.ts';

/** A model that runs without a native library. */
export interface CompiledModel {
  /** @param outputs names to return, in order @throws RangeError for shapes that the graph cannot take */
  run(inputs: readonly Tensor[], outputs: readonly string[]): Tensor[];
}

export type Compilation =
  | { readonly model: CompiledModel; readonly reason?: undefined }
  | { readonly model?: undefined; readonly reason: string };

/**
 * Compiles a graph of linear models, tree ensembles and what surrounds them into a list of steps over typed arrays.
 *
 * @param signature what the model takes and gives, as registered
 * @param options.acceptsLayouts for files that the executor was verified for, and that `layOutModel` may have made since
 * @returns the reason instead where the graph holds anything else: then another runtime must serve it
 * @throws `onnx.malformed` when the bytes are not protobuf
 */
export function compileModel(file: Uint8Array, signature: ModelSignature, options: CompileOptions = {}): Compilation {
  try {
    if (isOrtModel(file)) unsupported('a model in ORT format');
    return { model: compile(readOperatorGraph(file) ?? unsupported('no graph'), signature, options) };
  } catch (error) {
    if (error instanceof UnsupportedGraph) return { reason: error.message };
    throw error;
  }
}

export interface CompileOptions {
  readonly acceptsLayouts?: boolean;
}

interface PlannedStep {
  readonly step: Step;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Where a value is kept while a plan runs: a slot per name. */
interface Slots {
  readonly byName: Map<string, number>;
  readonly types: ValueType[];
}

function compile(graph: OperatorGraph, signature: ModelSignature, options: CompileOptions): CompiledModel {
  const slots: Slots = { byName: new Map(), types: [] };
  for (const initializer of graph.initializers) {
    const constant = readConstant(initializer);
    if (constant) addSlot(slots, initializer.name, constant);
  }
  const inputs = signature.inputs.map(({ name, datatype, shape, anyRank }) => {
    if (anyRank) unsupported('an input of any number of dimensions');
    return { name, slot: addSlot(slots, name, { datatype, rank: shape.length }) };
  });
  const steps = graph.nodes.map((node) => planNode(node, { graph, slots, ...options }));
  const outputs = new Map(
    signature.outputs.map(({ name, datatype, shape, anyRank }) => {
      const slot = slots.byName.get(name) ?? unsupported(`no value ${name}`);
      const type = slots.types[slot];
      if (type?.datatype !== datatype || (!anyRank && type.rank !== shape.length)) {
        unsupported(`an output that is declared as something else`);
      }
      return [name, { slot, datatype }] as const;
    }),
  );
  const initial: (Value | undefined)[] = slots.types.map(({ constant }) => constant);
  return {
    run(given, names) {
      const values = initial.slice();
      for (const { name, slot } of inputs) values[slot] = given.find((tensor) => tensor.name === name);
      for (const { step, inputs: from, outputs: to } of steps) {
        const results = step(from.map((slot) => values[slot] as Value));
        for (let i = 0; i < to.length; i += 1) values[to[i] as number] = results[i];
      }
      return names.map((name) => {
        const { slot, datatype } = outputs.get(name) as { slot: number; datatype: Tensor['datatype'] };
        const { shape, data } = values[slot] as Value;
        return { name, datatype, shape, data };
      });
    },
  };
}

function addSlot({ byName, types }: Slots, name: string, type: ValueType): number {
  if (byName.has(name)) unsupported(`two values ${name}`);
  byName.set(name, types.length);
  return types.push(type) - 1;
}

/** Stands for an input that a node leaves out. */
const ABSENT = -1;

function planNode(
  node: OperatorNode,
  { graph, slots, acceptsLayouts }: CompileOptions & { graph: OperatorGraph; slots: Slots },
): PlannedStep {
  const { operator, domain } = node;
  if (operator === 'Constant' && domain === '') return planConstant(node, slots);
  const key = `${domain}:${operator}`;
  const compileNode = Object.hasOwn(OPERATORS, key) ? OPERATORS[key] : undefined;
  if (!compileNode) unsupported(`the operator ${operator}`);
  const inputs = node.inputs.map((name) =>
    name === '' ? ABSENT : (slots.byName.get(name) ?? unsupported(`the value ${name}`)),
  );
  const types = inputs.map((slot) => slots.types[slot]);
  const { types: results, step } = compileNode(
    nodeReader(node, types, { opset: graph.opsets.get(domain) ?? 1, acceptsLayouts }),
  );
  if (node.outputs.length > results.length) unsupported(`${operator} with ${node.outputs.length} outputs`);
  const named = node.outputs.map((name, index) => ({ name, type: results[index] as ValueType }));
  const outputs = named.map(({ name, type }, index) =>
    addSlot(slots, name === '' ? ` ${slots.types.length} ${index}` : name, type),
  );
  return { step, inputs, outputs };
}

function planConstant(node: OperatorNode, slots: Slots): PlannedStep {
  const tensor = node.attributes.get('value')?.tensor ?? unsupported('Constant without a tensor');
  const constant = readConstant(tensor) ?? unsupported('a constant of another datatype');
  addSlot(slots, node.outputs[0] ?? '', constant);
  return { step: () => [], inputs: [], outputs: [] };
}
